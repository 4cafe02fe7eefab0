// A Cluster, used as if it were one Redis.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Commands } from "../../../../local/engines/redis/cluster.ts";
import { createClusterCommands } from "../../../../local/engines/redis/cluster.ts";
import { keysOf, readKeyTable } from "../../../../local/engines/redis/cluster-keys.ts";
import { openClusterNodes } from "../../../../local/engines/redis/cluster-nodes.ts";
import { slotOf } from "../../../../local/engines/redis/cluster-slot.ts";
import { EngineUnavailableError } from "../../../../local/engines/unavailable.ts";
import { plain, words } from "../support.ts";
import { createFakeCluster } from "./fake-cluster.ts";
import type { FakeCluster } from "./fake-cluster.ts";

const MASTERS = 3;
const KEYS = Array.from({ length: 30 }, (_, at) => `key:${at}`);

let cluster: FakeCluster;
let commands: Commands;

async function run(...parts: readonly (string | number)[]): Promise<unknown> {
  const [reply = null] = await commands.pipeline([words(...parts)]);
  return plain(reply);
}

beforeEach(async () => {
  cluster = await createFakeCluster(MASTERS);
  commands = createClusterCommands(
    await openClusterNodes(cluster.addresses, (address) => cluster.connect(address)),
  );
  cluster.sent.length = 0;
});
afterEach(() => cluster.close());

describe("keys of many slots", () => {
  beforeEach(() => run("MSET", ...KEYS.flatMap((key) => [key, `value of ${key}`])));

  test("MSET answers as one command, and writes all", async () => {
    expect(await run("MSET", ...KEYS.flatMap((key) => [key, "new"]))).toBe("+OK");
    expect(await run("MGET", ...KEYS)).toEqual(KEYS.map(() => "new"));
  });

  test("MGET answers in the order asked, nulls in their places", async () => {
    const asked = ["key:7", "none:1", "key:0", "key:7", "none:2", ...KEYS];
    const values = asked.map((key) => (key.startsWith("none") ? null : `value of ${key}`));
    expect(await run("MGET", ...asked)).toEqual(values);
  });

  test.each(["EXISTS", "TOUCH", "DEL", "UNLINK"])("%s counts over all nodes", async (name) => {
    expect(await run(name, ...KEYS, "none")).toBe(KEYS.length);
  });

  test("DBSIZE and KEYS see every node, and FLUSHALL empties each", async () => {
    expect(await run("DBSIZE")).toBe(KEYS.length);
    expect(((await run("KEYS", "*")) as string[]).toSorted()).toEqual(KEYS.toSorted());
    expect(await run("FLUSHALL")).toBe("+OK");
    expect(await run("DBSIZE")).toBe(0);
  });

  test("SCAN walks all nodes, its cursor a decimal number", async () => {
    const found: string[] = [];
    let cursor = "0";
    do {
      const [next, page] = (await run("SCAN", cursor, "COUNT", 3)) as [string, string[]];
      expect(next).toMatch(/^\d+$/);
      cursor = next;
      found.push(...page);
    } while (cursor !== "0");
    expect(found.toSorted()).toEqual(KEYS.toSorted());
  });

  test("an odd MSET and a bad cursor are Redis's to refuse", async () => {
    expect(await run("MSET", "a", "1", "b")).toMatch(/^-/);
    expect(await run("SCAN", "x")).toBe("-ERR invalid cursor");
  });

  test("other commands over slots are refused as Redis does", async () => {
    expect(await run("SUNION", "key:0", "key:1")).toMatch(/^-CROSSSLOT/);
  });
});

test("a script loaded is known on every node, and one node that lacks it makes it unknown", async () => {
  const sha = String(await run("SCRIPT", "LOAD", "return 1"));
  for (const key of KEYS) expect(await run("EVALSHA", sha, 1, key)).toBe(1);
  expect(await run("SCRIPT", "EXISTS", sha, "f".repeat(40))).toEqual([1, 0]);
  await run("SCRIPT", "FLUSH");
  await run("EVAL", "return 1", 1, "key:0");
  expect(await run("SCRIPT", "EXISTS", sha)).toEqual([0]);
});

describe("a pipeline", () => {
  test("reaches each node in one write, keeps each key's order and every reply's place", async () => {
    const pipeline = [1, 2, 3].flatMap((round) => KEYS.map((key) => words("RPUSH", key, round)));
    const replies = await commands.pipeline(pipeline);
    expect(replies).toEqual([1, 2, 3].flatMap((round) => KEYS.map(() => round)));
    expect(cluster.sent.map(({ master }) => master).toSorted((a, b) => a - b)).toEqual([0, 1, 2]);
    expect(await run("LRANGE", "key:5", 0, -1)).toEqual(["1", "2", "3"]);
  });

  test("follows a slot that moved, and asks the new node from then on", async () => {
    const key = "key:0";
    const to = slotOf(Buffer.from(key)) < 8192 ? 2 : 0;
    cluster.move(slotOf(Buffer.from(key)), to);
    const replies = await commands.pipeline([
      words("RPUSH", key, "a"),
      words("RPUSH", key, "b"),
      words("GET", "key:1"),
    ]);
    expect(replies).toEqual([1, 2, null]);
    cluster.sent.length = 0;
    expect(await run("LRANGE", key, 0, -1)).toEqual(["a", "b"]);
    expect(cluster.sent).toEqual([{ master: to, names: ["LRANGE"] }]);
  });

  test("asks the importing node for a slot on its way", async () => {
    const key = "key:0";
    const slot = slotOf(Buffer.from(key));
    const to = slot < 8192 ? 2 : 0;
    cluster.ask(slot, to);
    expect(await run("SET", key, "v")).toBe("+OK");
    expect(cluster.sent).toContainEqual({ master: to, names: ["ASKING", "SET"] });
  });

  test("is refused while a node is gone, and runs on its successor after", async () => {
    const key = KEYS.find((candidate) => slotOf(Buffer.from(candidate)) < 5000) ?? "";
    cluster.fail(0, 1);
    await expect(commands.pipeline([words("GET", key)])).rejects.toThrow(EngineUnavailableError);
    expect(await run("SET", key, "v")).toBe("+OK");
    expect(cluster.sent.at(-1)?.master).toBe(1);
  });

  test("has the other nodes' replies where one is gone, and says which commands it is about", async () => {
    await run("MSET", ...KEYS.flatMap((key) => [key, "v"]));
    cluster.fail(0, 1);
    const replies = (await commands.pipeline(KEYS.map((key) => words("GET", key)))).map(plain);
    const isGone = KEYS.map((key) => slotOf(Buffer.from(key)) < 5_461);
    expect(replies.map((reply) => String(reply).startsWith("-CLUSTERDOWN "))).toEqual(isGone);
    expect(new Set(replies.filter((_, at) => isGone[at] === false))).toEqual(new Set(["v"]));
  });

  test("over a node that is gone, of keys that it alone could tell of, says so", async () => {
    cluster.fail(0, 1);
    expect(await run("MGET", ...KEYS)).toMatch(/^-CLUSTERDOWN /);
  });

  test("tries a node that is gone once, not for each command that is redirected to it", async () => {
    const key = KEYS.find((candidate) => slotOf(Buffer.from(candidate)) < 5_000) ?? "";
    const tried: string[] = [];
    const nodes = await openClusterNodes(cluster.addresses, async (address) => {
      const node = await cluster.connect(address);
      const send: typeof node.send = (batch) => {
        if (address.port === 7002) tried.push(String(batch[0]?.[0]));
        return node.send(batch);
      };
      return { ...node, send };
    });
    cluster.fail(2, 1);
    cluster.move(slotOf(Buffer.from(key)), 2);
    const pushes = ["a", "b", "c"].map((value) => words("RPUSH", key, value));
    const replies = (await createClusterCommands(nodes).pipeline(pushes)).map(plain);
    expect(replies).toEqual(pushes.map(() => expect.stringMatching(/^-CLUSTERDOWN /) as unknown));
    expect(tried.filter((name) => name === "RPUSH")).toHaveLength(1);
  });

  test("does not wait for a node that fell silent, once it has a successor", async () => {
    const key = KEYS.find((candidate) => slotOf(Buffer.from(candidate)) < 5_000) ?? "";
    cluster.silence(0, 1);
    const started = performance.now();
    await expect(commands.pipeline([words("GET", key)])).rejects.toThrow(EngineUnavailableError);
    expect(performance.now() - started).toBeLessThan(3_000);
    expect(await run("SET", key, "v")).toBe("+OK");
  });
});

describe("a transaction", () => {
  test("within one slot runs as one", async () => {
    const replies = await commands.transaction([
      words("SET", "{a}1", "x"),
      words("INCR", "{a}1"),
      words("GET", "{a}1"),
    ]);
    expect(Array.isArray(replies) && replies.map(plain)).toEqual([
      "+OK",
      "-ERR value is not an integer or out of range",
      "x",
    ]);
    expect(cluster.sent).toHaveLength(1);
  });

  test("over slots is refused as a whole", async () => {
    const refused = await commands.transaction([words("SET", "key:0", "x"), words("SET", "key:1", "x")]);
    expect(plain(refused as never)).toBe("-CROSSSLOT Keys in request don't hash to the same slot");
    expect(await run("DBSIZE")).toBe(0);
  });

  test("runs where its slot has moved to", async () => {
    const slot = slotOf(Buffer.from("{a}1"));
    const to = slot < 8192 ? 2 : 0;
    cluster.move(slot, to);
    expect(await commands.transaction([words("RPUSH", "{a}1", "x")])).toEqual([1]);
    expect(await run("LRANGE", "{a}1", 0, -1)).toEqual(["x"]);
  });
});

describe("the keys of a command", () => {
  const table = readKeyTable([
    [Buffer.from("get"), 2, [], 1, 1, 1],
    [Buffer.from("mset"), -3, [], 1, -1, 2],
    [Buffer.from("bitop"), -4, [], 2, -1, 1],
    [Buffer.from("zunionstore"), -4, [], 1, 1, 1],
    [Buffer.from("ping"), -1, [], 0, 0, 0],
    [Buffer.from("xgroup"), -2, [], 0, 0, 0, [], [], [], [[Buffer.from("xgroup|create"), -5, [], 2, 2, 1]]],
  ]);

  test.each([
    ["GET a", "a"],
    ["mset a 1 b 2", "a b"],
    ["BITOP AND d a b", "d a b"],
    ["PING", ""],
    ["NOPE a", ""],
    ["XGROUP CREATE s g $", "s"],
    ["XGROUP HELP", ""],
    ["EVAL script 2 a b arg", "a b"],
    ["EVALSHA sha 0 arg", ""],
    ["EVAL script x a", ""],
    ["ZUNIONSTORE d 2 a b WEIGHTS 1 2", "d a b"],
    ["ZINTER 2 a b", "a b"],
    ["LMPOP 1 a LEFT", "a"],
    ["XREAD COUNT 1 STREAMS a b 0 0", "a b"],
    ["XREADGROUP GROUP g c STREAMS a >", "a"],
    ["XREAD COUNT 1", ""],
    ["GET", ""],
  ])("%s: %s", (command, keys) => {
    expect(keysOf(table, words(...command.split(" "))).join(" ")).toBe(keys);
  });
});
