// One failover under traffic: a Cluster, a REST server before it, operations of every pattern, and a master that fails.

import { setTimeout as after } from "node:timers/promises";
import { createConnection } from "../../lib/redis/index.ts";
import { serveRedis } from "../../local/serve.ts";
import type { Cluster, Shard } from "../cluster/cluster.ts";
import { waitFor } from "../cluster/server.ts";
import { ALL_PATTERNS } from "./patterns/index.ts";
import { startProbe, type Probe } from "./probe.ts";
import { watchReplication } from "./replication.ts";
import { startTraffic } from "./traffic.ts";
import type { Isolate, Stage } from "./types.ts";
import {
  judgeAnswers,
  judgeEffect,
  type AnswersVerdict,
  type EffectVerdict,
  type Moments,
} from "./verdict.ts";

export interface FailoverOptions {
  readonly cluster: Cluster;
  /** Which master fails: the one that has the most to do, or the one that has pub/sub's keys. */
  readonly victim: "busiest" | "pubsub";
  /** It is killed; or it falls silent, as one whose host is gone: then no connection is closed. */
  readonly how: "killed" | "silent";
  /** The replica is cut off so long before: what is acknowledged meanwhile it never sees. 0: it is not. */
  readonly cutOffMs: number;
  readonly beforeMs: number;
  readonly afterMs: number;
  readonly pauseMs: number;
}

export interface FailoverReport extends Pick<FailoverOptions, "victim" | "how" | "cutOffMs"> {
  /** From the failure on: when the replica was a master, and when the REST server had a write of the lost slots done. */
  readonly promotedMs: number;
  readonly restMs: number;
  /** The REST server's slowest answer, and the longest time without a message for a subscriber. */
  readonly restSlowestMs: number;
  readonly silenceMs: number;
  readonly answers: readonly AnswersVerdict[];
  readonly effects: readonly EffectVerdict[];
  readonly violations: readonly string[];
}

const PREFIX = "failover";
const TOKEN = "of-the-failover";
const PROMOTION_MS = 30_000;
/** For what comes before and after the traffic. */
const PATIENCE_MS = 30_000;

const now = (): number => performance.now();

export async function runFailover(options: FailoverOptions): Promise<FailoverReport> {
  const { cluster, how, beforeMs, afterMs, pauseMs } = options;
  const rest = await serveRedis({
    redisUrl: cluster.url,
    stateDir: null,
    host: "127.0.0.1",
    port: 0,
    token: TOKEN,
    log: () => undefined,
  });
  const stage: Stage = {
    prefix: PREFIX,
    isolate: () => openIsolate(rest),
    patient: createConnection({ ...rest, timeoutMs: PATIENCE_MS }).open(),
    most: Math.ceil((beforeMs + afterMs + PROMOTION_MS) / pauseMs),
    now,
  };
  const patterns = ALL_PATTERNS.map((create) => create(stage));
  try {
    await Promise.all(patterns.map(async (pattern) => pattern.prepare?.()));
    const traffic = startTraffic({
      operations: patterns.flatMap(({ operations }) => operations),
      now,
      pauseMs,
    });
    await after(beforeMs / 2);
    const shard = await victimOf(options);
    const key = keyIn(cluster, shard);
    const probe = await startProbe({ rest, key, now });
    const replication = watchReplication(shard, now);
    await after(beforeMs / 2);

    await cutOff(shard, options);
    const failed = now();
    shard.master.signal(how === "killed" ? "SIGKILL" : "SIGSTOP");
    if (options.cutOffMs > 0) shard.replica.signal("SIGCONT");
    const moments: Moments = { failed, replicated: replication.until };
    await replication.stop();
    await waitFor(() => requireMaster(shard), PROMOTION_MS);
    const promotedMs = now() - failed;
    await after(afterMs);
    await probe.stop();
    await traffic.stop();
    for (const pattern of patterns) await pattern.drain?.();

    const answers = traffic.books.map((book) => judgeAnswers(book, moments));
    const effects: EffectVerdict[] = [];
    for (const effect of patterns.flatMap((pattern) => pattern.effects)) {
      const book = traffic.books.find(({ operation }) => operation.name === effect.of);
      if (book !== undefined) effects.push(await judgeEffect(effect, book, moments));
    }
    const own = judgeProbe(probe, failed);
    const violations = [...answers, ...effects].flatMap((verdict) => verdict.violations);
    return {
      ...options,
      ...own,
      promotedMs,
      answers,
      effects,
      violations: [...violations, ...own.violations],
    };
  } finally {
    await rest.close();
  }
}

function openIsolate(rest: { readonly url: string; readonly token: string }): Isolate {
  const connection = createConnection(rest);
  return { open: () => connection.open(), subscribe: connection.subscribe };
}

async function victimOf({ cluster, victim }: FailoverOptions): Promise<Shard> {
  if (victim === "pubsub") return cluster.shardOf(`${PREFIX}:{pubsub}:heads`);
  const loads = await Promise.all(
    cluster.shards.map(async (shard) => ({
      shard,
      commands: Number(await shard.master.info("stats", "total_commands_processed")),
    })),
  );
  const [busiest] = loads.toSorted((a, b) => b.commands - a.commands);
  if (busiest === undefined) throw new Error("The Cluster has no master");
  return busiest.shard;
}

function keyIn(cluster: Cluster, shard: Shard): string {
  const key = Array.from({ length: 1_000 }, (_, i) => `${PREFIX}:probe-${i}`).find(
    (name) => cluster.shardOf(name) === shard,
  );
  if (key === undefined) throw new Error("No key was found that is in the slots of a master");
  return key;
}

/** Stops a replica and takes its connection away: what it had not read by then is gone with its master. */
async function cutOff({ master, replica }: Shard, { cutOffMs }: FailoverOptions): Promise<void> {
  if (cutOffMs === 0) return;
  replica.signal("SIGSTOP");
  await master.ask("CLIENT", "KILL", "TYPE", "replica");
  await after(cutOffMs);
}

async function requireMaster({ replica }: Shard): Promise<void> {
  if ((await replica.info("replication", "role")) !== "master")
    throw new Error("The replica did not take over");
}

function judgeProbe({ writes, messages }: Probe, failed: number) {
  const lastRefused = writes.findLastIndex(({ status, ended }) => status !== 200 && ended > failed);
  const back = writes.slice(lastRefused + 1).find(({ status, ended }) => status === 200 && ended > failed);
  const restMs = (back?.ended ?? Number.POSITIVE_INFINITY) - failed;
  const gaps = messages.slice(1).map((at, i) => at - (messages[i] ?? at));
  return {
    restMs,
    restSlowestMs: Math.max(0, ...writes.map(({ begun, ended }) => ended - begun)),
    silenceMs: Math.max(0, ...gaps, (writes.at(-1)?.ended ?? 0) - (messages.at(-1) ?? failed)),
    violations: back === undefined ? ["The REST server has not found the new master"] : [],
  };
}
