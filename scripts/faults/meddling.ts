// What happens beside publishing and dispatching: clocks, trims, and what people do to subscriptions.

import { LAST } from "../../lib/pubsub/keys.ts";
import { createSubscriptionKeys } from "../../lib/pubsub/subscriptions/keys.ts";
import { LEASE_MS } from "./dispatching.ts";
import { oneOf, type Fault } from "./faults.ts";
import type { Publishing } from "./publishing.ts";
import { addListener, type Stage } from "./stage.ts";

export interface Meddling {
  /** Makes the subscriptions, before anything happens. */
  prepare(): Promise<void>;
  /** Does what its turn has come for. */
  meddle(publishing: Pick<Publishing, "over">): Promise<void>;
  /** Resumes what was paused, and revives what was disabled. */
  revive(): Promise<void>;
}

export function createMeddling(stage: Stage): Meddling {
  const { scenario, world, prefix, history, subscriptions, subscribers, log } = stage;
  const { draw, faults, listeners } = scenario;
  const keys = createSubscriptionKeys(prefix);
  const done = new Set<Fault>();
  let resumeAt: { readonly id: string; readonly turn: number } | null = null;

  const living = () =>
    history.listeners.filter(({ kind, removed }) => kind === "webhook" && removed === null);

  async function pause(): Promise<string | null> {
    const all = living();
    if (all.length === 0) return null;
    const { id, pauses } = oneOf(all, draw);
    await subscriptions.update(id, { status: "paused" });
    pauses.push({ from: stage.moment(), to: null });
    return id;
  }

  async function resume(id: string): Promise<void> {
    const { pauses = [] } = history.listeners.find((each) => each.id === id) ?? {};
    for (const each of pauses) each.to ??= stage.moment();
    await subscriptions.update(id, { status: "active" });
  }

  async function change(what: Extract<Fault, { kind: "change" }>["what"], over: number): Promise<void> {
    if (what === "create") {
      await stage.listen({ pattern: "*", how: null, tries: 0 }, over + 1);
    } else if (what === "remove") {
      const all = living();
      if (all.length === 0) return;
      const listener = oneOf(all, draw);
      await subscriptions.remove(listener.id);
      listener.removed = stage.moment();
    } else {
      const id = await pause();
      if (what === "pause-resume" && id !== null) resumeAt = { id, turn: world.turns + draw(1, 20) };
    }
  }

  async function trim(what: Extract<Fault, { kind: "trim" }>["what"]): Promise<void> {
    const ids = history.publishes.flatMap(({ id }) => id ?? []);
    const half = ids[Math.floor(ids.length / 2)];
    if (what === "seen") await log.trim({ olderThanMs: 0, seen: await subscriptions.seen() });
    else await log.trim({ olderThanMs: 0, seen: () => (what === "half" ? (half ?? "0") : undefined) });
  }

  return {
    async prepare() {
      const ahead = faults.find((fault) => fault.kind === "ids-ahead");
      if (ahead !== undefined) {
        await stage.redis.send((p) => p.hset(keys.log.heads, { [LAST]: `${Date.now() + ahead.byMs}-0` }));
      }
      for (const [i, { inCode, ...plan }] of listeners.entries()) {
        if (!inCode) {
          await stage.listen(plan, 1);
          continue;
        }
        const name = `code${i + 1}`;
        subscribers.push({ name, pattern: plan.pattern, since: "2020-01-01", handle: () => undefined });
        addListener(stage, { id: name, kind: "in-code", ...plan, mayFrom: 1 });
      }
    },

    async meddle({ over }) {
      if (resumeAt !== null && world.turns >= resumeAt.turn) {
        const { id } = resumeAt;
        resumeAt = null;
        await resume(id);
      }
      for (const fault of faults) {
        if (!("turn" in fault) || done.has(fault) || world.turns < fault.turn) continue;
        done.add(fault);
        if (fault.kind === "lease") world.advance(LEASE_MS + 1_000);
        else if (fault.kind === "clock") world.advance(fault.byMs);
        else if (fault.kind === "trim") await trim(fault.what);
        else await change(fault.what, over);
      }
    },

    async revive() {
      for (const { id } of living()) {
        const status = (await subscriptions.get(id))?.status;
        if (status !== undefined && status !== "active") await resume(id);
      }
    },
  };
}
