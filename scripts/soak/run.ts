// One soak: starts everything, makes the traffic, lets it drain, and looks at what is left.

import { setTimeout as delay } from "node:timers/promises";
import { type Api, createApi } from "./api.ts";
import { drain } from "./drain.ts";
import { type KeyReport, reportKeys } from "./keys.ts";
import { createLedger } from "./ledger.ts";
import { createMailbox, lossesOf } from "./mailbox.ts";
import { tooMuchGrowth, watchMemory } from "./memory.ts";
import { keyTable, memoryTable, messageLines, timingTable } from "./report.ts";
import { type Stage, startStage } from "./stage.ts";
import { PATTERN } from "./steps/messages.ts";
import { makeTraffic } from "./traffic.ts";
import { compareMemory, usedMemory } from "./used-memory.ts";
import { startViewer } from "./viewer.ts";
import { startReceiver } from "./webhook.ts";

export interface SoakOptions {
  /** The embedded engine, where it is not given. */
  readonly redisUrl: string | undefined;
  readonly stateDir: string;
  readonly seconds: number;
  /** Steps a second, each of one to eight calls. */
  readonly rate: number;
  readonly visitors: number;
  readonly seed: number;
  readonly cronEverySeconds: number;
  /** Whether memory that grows makes the run fail: a short one is over before anything is warm. */
  readonly judgesMemory: boolean;
  /** Ends the traffic before its time; what has come until then is looked at all the same. */
  readonly signal: AbortSignal;
  readonly print: (text: string) => void;
}

const PREFIX = "sedge:";
const LOOK_EVERY_MS = 5_000;
const DRAIN_SECONDS = 60;
/** Leases left behind have ended by then. */
const SETTLE_SECONDS = 35;
const STAY_MS = 20_000;
const LAST_WORDS_MS = 5_000;
/** What is borne of wrangler. */
const INTERRUPTED_ONCE_IN_SECONDS = 600;

/**
 * @returns what is not as it must be: nothing, where all is well
 * @throws where what serves does not start, or ends
 */
export async function soak(options: SoakOptions): Promise<string[]> {
  await using closing = new AsyncDisposableStack();
  const stage = await startStage(options);
  closing.defer(() => stage.close());
  // Where it ends, calls fail too: why it ended says more, and comes a moment later.
  const told = soakOn(stage, options).catch(async (error: unknown) => {
    await Promise.race([stage.fails, delay(LAST_WORDS_MS)]);
    throw error;
  });
  return await Promise.race([told, stage.fails]);
}

async function soakOn(stage: Stage, options: SoakOptions): Promise<string[]> {
  const { redisUrl, print } = options;
  const problems: string[] = [];
  const tell = (what: string): void => void problems.push(what);
  const mailbox = createMailbox();
  const ledger = createLedger();
  await using closing = new AsyncDisposableStack();

  const { rest, interruptions } = stage;
  const wasInterrupted = () => interruptions.wasOne();
  const before = new Set(await rest.keys(PREFIX));
  const memoryBefore = redisUrl === undefined ? null : await usedMemory(rest);
  const memory = watchMemory(stage.pid, () => interruptions.count);
  const looking = setInterval(() => void memory.look(), LOOK_EVERY_MS);
  closing.defer(() => clearInterval(looking));

  const api = await createApi(stage.url, stage.key, wasInterrupted);
  const receiver = await startReceiver(mailbox, tell);
  closing.defer(() => receiver.close());
  const subscription = await subscribe(api, receiver.url);
  receiver.secret = subscription.secret;
  // The policies that count this run's one key and one address.
  for (const caller of ["key", "public", "login"]) ledger.add("caller", caller);
  const viewer = startViewer({ api, ledger, mailbox, stayMs: STAY_MS, tell, wasInterrupted });
  closing.defer(() => viewer.close());
  await viewer.listens;

  const steps = await makeTraffic({ ...options, api, ledger, mailbox, tell });
  clearInterval(looking);
  problems.push(...(await drain({ api, mailbox, subscription: subscription.id, seconds: DRAIN_SECONDS })));
  await api.call("DELETE", `/v1/subscriptions/${subscription.id}`);
  const keys = await settledKeys(() => reportKeys({ rest, prefix: PREFIX, ledger, before }));
  const inUse = await compareMemory(rest, memoryBefore, keys.keys);
  const growth = memory.growth();

  print(`${timingTable(api.timings)}\n\n${keyTable(keys.counts)}\n${inUse.line}\n\n${memoryTable(growth)}`);
  print(`\n${steps} steps, seed ${options.seed}\n${messageLines(mailbox)}`);
  const interrupted = `wrangler died and was started again ${interruptions.count} times, which ${interruptions.met} calls met`;
  if (interruptions.count > 0) print(interrupted);
  return [
    ...problems,
    ...(interruptions.count > 1 + options.seconds / INTERRUPTED_ONCE_IN_SECONDS ? [interrupted] : []),
    ...api.failures,
    ...neverCalled(api.timings),
    ...lossesOf(mailbox),
    ...keys.problems,
    ...(inUse.isTooMuch ? [inUse.line] : []),
    ...(options.judgesMemory ? tooMuchGrowth(growth) : []),
    ...stage.complaints.map((complaint) => `the output tells of an error: ${complaint}`),
  ];
}

const subscribe = async (api: Api, url: string): Promise<{ id: string; secret: string }> =>
  (
    await api.call<{ id: string; secret: string }>("POST", "/v1/subscriptions", {
      body: { pattern: PATTERN, url },
    })
  ).body;

const neverCalled = (timings: Api["timings"]): string[] =>
  [...timings].flatMap(([operation, times]) => (times.length === 0 ? [`${operation} was never called`] : []));

/** What ends by itself gets the time for it. */
async function settledKeys(look: () => Promise<KeyReport>): Promise<KeyReport> {
  const until = performance.now() + SETTLE_SECONDS * 1_000;
  for (;;) {
    const report = await look();
    if (report.problems.length === 0 || performance.now() > until) return report;
    await delay(1_000);
  }
}
