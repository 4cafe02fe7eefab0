// The engine before a Cluster that loses a master, seen at the engine itself.

import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startCluster, type Cluster, type Shard } from "../../scripts/cluster/cluster.ts";
import type { Engine } from "../../local/engine.ts";
import { createRedisEngine } from "../../local/engines/redis/engine.ts";
import { plain, run, words } from "../local/engines/support.ts";

const CHANNEL = "news";
const KEYS = Array.from({ length: 30 }, (_, i) => `key:${i}`);

let cluster: Cluster;
let engine: Engine;
let heard: string[];
/** Whose master Pub/Sub's connection is at. */
let listened: Shard;

beforeAll(async () => {
  cluster = await startCluster({ nodeTimeoutMs: 1_000 });
  engine = await createRedisEngine({ url: cluster.url });
  heard = [];
  await engine.subscribe("subscribe", [CHANNEL], ({ payload }) => heard.push(payload.toString()));
  const clients = await Promise.all(
    cluster.shards.map(({ master }) => master.ask("CLIENT", "LIST", "TYPE", "pubsub")),
  );
  const shard = cluster.shards[clients.findIndex((list) => list !== "")];
  if (shard === undefined) throw new Error("Nobody listens");
  listened = shard;
  await run(engine, "MSET", ...KEYS.flatMap((key) => [key, "v"]));
  listened.master.signal("SIGKILL");
});
afterAll(async () => {
  await engine.close();
  await cluster.close();
});

test("subscribers of the lost master hear, from another, what is published on any", async () => {
  const other = cluster.shards.find((shard) => shard !== listened);
  await vi.waitFor(
    async () => {
      await other?.master.ask("PUBLISH", CHANNEL, "again");
      expect(heard).toContain("again");
    },
    { timeout: 5_000, interval: 50 },
  );
});

test("keys of the lost master are refused until its replica has taken over, and are there then", async () => {
  await vi.waitFor(async () => expect(await run(engine, "MGET", ...KEYS)).toEqual(KEYS.map(() => "v")), {
    timeout: 20_000,
    interval: 50,
  });
  const replies = await engine.pipeline(KEYS.map((key) => words("INCR", `${key}:n`)));
  expect(replies.map(plain)).toEqual(KEYS.map(() => 1));
});
