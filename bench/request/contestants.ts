// Who takes part, and at which settings.

import type { WorkerSource } from "./bundle.ts";

/** The Workers, each one file in workers/. */
export const WORKERS = {
  sedge: { entry: "sedge", compatibilityFlags: [] },
  peers: { entry: "peers", compatibilityFlags: ["nodejs_compat"] },
  peersInProcess: { entry: "peers-in-process", compatibilityFlags: ["nodejs_compat"] },
  byHand: { entry: "by-hand", compatibilityFlags: [] },
} as const satisfies Record<string, WorkerSource>;

export interface Setting {
  readonly name: string;
  readonly worker: WorkerSource;
  /** What the isolate may keep is kept: permits, values. */
  readonly isInProcess: boolean;
}

/** Of each group the first is the one the others are compared with. */
export const GROUPS: readonly { readonly title: string; readonly settings: readonly Setting[] }[] = [
  {
    title: "everything from Redis",
    settings: [
      { name: "Sedge", worker: WORKERS.sedge, isInProcess: false },
      { name: "peers, all at once", worker: WORKERS.peers, isInProcess: false },
      { name: "by hand, one pipeline", worker: WORKERS.byHand, isInProcess: false },
    ],
  },
  {
    title: "with what the isolate may keep",
    settings: [
      { name: "Sedge, permits and values", worker: WORKERS.sedge, isInProcess: true },
      { name: "peers, counts and values", worker: WORKERS.peersInProcess, isInProcess: true },
    ],
  },
];
