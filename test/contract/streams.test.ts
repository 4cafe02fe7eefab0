import { expect, test } from "vitest";
import { follow, key, redis, run, transcript, WRONG_TYPE } from "./support.ts";

const entry = (id: string, ...fields: string[]) => [id, fields];

transcript("entries and ranges", [
  ["XADD @s 1-1 a 1", "1-1"],
  ["XADD @s 1-2 b 2 c 3", "1-2"],
  ["XADD @s 2-* d 4", "2-0"],
  ["XADD @s 2-0 x y", /^ERR The ID specified in XADD is equal or smaller than the target stream top item$/],
  ["XADD @s 0-0 x y", /^ERR The ID specified in XADD must be greater than 0-0$/],
  ["XADD @none NOMKSTREAM * a 1", null],
  ["XLEN @s", 3],
  ["XRANGE @s - +", [entry("1-1", "a", "1"), entry("1-2", "b", "2", "c", "3"), entry("2-0", "d", "4")]],
  ["XRANGE @s (1-1 + COUNT 1", [entry("1-2", "b", "2", "c", "3")]],
  ["XREVRANGE @s + - COUNT 1", [entry("2-0", "d", "4")]],
  ["XRANGE @none - +", []],
  ["XDEL @s 1-2 9-9", 1],
  ["XLEN @s", 2],
  ["SET @str v", "OK"],
  ["XADD @str * a 1", WRONG_TYPE],
]);

transcript("trimming", [
  ["XADD @t 1-0 a 1", "1-0"],
  ["XADD @t 2-0 a 1", "2-0"],
  ["XADD @t 3-0 a 1", "3-0"],
  ["XTRIM @t MAXLEN = 2", 1],
  ["XADD @t MAXLEN 2 4-0 a 1", "4-0"],
  ["XRANGE @t - +", [entry("3-0", "a", "1"), entry("4-0", "a", "1")]],
  ["XTRIM @t MINID 4", 1],
  ["XADD @t MAXLEN = 1 5-0 a 1", "5-0"],
  ["XADD @t MINID = 5 6-0 a 1", "6-0"],
  ["XLEN @t", 2],
  ["XADD @t MAXLEN ~ 1000 7-0 a 1", "7-0"],
  ["XTRIM @t MAXLEN 0", 3],
  ["XLEN @t", 0],
  ["EXISTS @t", 1],
  ["XSETID @t 9-0", "OK"],
  ["XADD @t 8-0 a 1", /equal or smaller/],
]);

transcript("XREAD from several streams", [
  ["XADD @r1 1-0 a 1", "1-0"],
  ["XADD @r2 2-0 b 2", "2-0"],
  ["XADD @r2 3-0 b 3", "3-0"],
  [
    "XREAD COUNT 1 STREAMS @r1 @r2 0 0",
    [
      [key("r1"), [entry("1-0", "a", "1")]],
      [key("r2"), [entry("2-0", "b", "2")]],
    ],
  ],
  ["XREAD STREAMS @r1 @r2 1-0 2-0", [[key("r2"), [entry("3-0", "b", "3")]]]],
  ["XREAD STREAMS @r1 $", null],
  ["XREAD STREAMS @none 0", null],
]);

transcript("groups deliver each entry once, and keep it until it is acknowledged", [
  ["XGROUP CREATE @g workers 0", /^ERR The XGROUP subcommand requires the key to exist/],
  ["XGROUP CREATE @g workers 0 MKSTREAM", "OK"],
  ["XGROUP CREATE @g workers 0", /^BUSYGROUP Consumer Group name already exists$/],
  ["XADD @g 1-0 a 1", "1-0"],
  ["XADD @g 2-0 a 2", "2-0"],
  ["XADD @g 3-0 a 3", "3-0"],
  [
    "XREADGROUP GROUP workers ada COUNT 2 STREAMS @g >",
    [[key("g"), [entry("1-0", "a", "1"), entry("2-0", "a", "2")]]],
  ],
  ["XREADGROUP GROUP workers bob STREAMS @g >", [[key("g"), [entry("3-0", "a", "3")]]]],
  ["XREADGROUP GROUP workers bob STREAMS @g >", null],
  [
    "XREADGROUP GROUP workers ada STREAMS @g 0",
    [[key("g"), [entry("1-0", "a", "1"), entry("2-0", "a", "2")]]],
  ],
  ["XACK @g workers 1-0 9-9", 1],
  ["XACK @g nosuch 1-0", 0],
  ["XACK @none workers 1-0", 0],
  ["XPENDING @g workers - + 10 ada", [["2-0", "ada", expect.any(Number), expect.any(Number)]]],
  ["XREADGROUP GROUP nosuch ada STREAMS @g >", /^NOGROUP No such key '.*' or consumer group 'nosuch'/],
]);

transcript("reading one's pending entries again counts as a delivery", [
  ["XGROUP CREATE @again workers $ MKSTREAM", "OK"],
  ["XADD @again 1-0 a 1", "1-0"],
  ["XREADGROUP GROUP workers ada STREAMS @again >", expect.anything()],
  ["XREADGROUP GROUP workers ada STREAMS @again 0", expect.anything()],
  ["XPENDING @again workers - + 10", [["1-0", "ada", expect.any(Number), 2]]],
]);

transcript("pending entries change hands", [
  ["XGROUP CREATE @c workers $ MKSTREAM", "OK"],
  ["XADD @c 1-0 a 1", "1-0"],
  ["XADD @c 2-0 a 2", "2-0"],
  ["XREADGROUP GROUP workers ada STREAMS @c >", expect.anything()],
  ["XCLAIM @c workers bob 3600000 1-0", []],
  ["XCLAIM @c workers bob 0 1-0", [entry("1-0", "a", "1")]],
  ["XCLAIM @c workers bob 0 1-0 JUSTID", ["1-0"]],
  ["XAUTOCLAIM @c workers eve 0 0 COUNT 1", ["2-0", [entry("1-0", "a", "1")], []]],
  ["XDEL @c 2-0", 1],
  ["XAUTOCLAIM @c workers eve 0 2-0", ["0-0", [], ["2-0"]]],
  ["XGROUP DELCONSUMER @c workers eve", 1],
  ["XGROUP CREATECONSUMER @c workers zed", 1],
  ["XGROUP SETID @c workers 0", "OK"],
  ["XREADGROUP GROUP workers zed NOACK STREAMS @c >", [[key("c"), [entry("1-0", "a", "1")]]]],
  ["XGROUP DESTROY @c workers", 1],
  ["XGROUP DESTROY @c workers", 0],
]);

transcript("XPENDING sums up who holds how many", [
  ["XGROUP CREATE @p workers $ MKSTREAM", "OK"],
  ["XPENDING @p workers", [0, null, null, null]],
  ["XADD @p 1-0 a 1", "1-0"],
  ["XADD @p 2-0 a 2", "2-0"],
  ["XREADGROUP GROUP workers ada COUNT 1 STREAMS @p >", expect.anything()],
  ["XREADGROUP GROUP workers bob STREAMS @p >", expect.anything()],
  [
    "XPENDING @p workers",
    [
      2,
      "1-0",
      "2-0",
      [
        ["ada", "1"],
        ["bob", "1"],
      ],
    ],
  ],
]);

/** A flat reply of names and values as an object. */
const pairs = (flat: unknown[]) =>
  Object.fromEntries(flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1]]] : [])));

test("XINFO tells length, groups and what each has left", async () => {
  await follow([
    ["XADD @i 1-0 a 1", "1-0"],
    ["XADD @i 2-0 a 1", "2-0"],
    ["XGROUP CREATE @i g 0", "OK"],
    ["XREADGROUP GROUP g c COUNT 1 STREAMS @i >", expect.anything()],
  ]);
  expect(pairs(await run("XINFO STREAM @i"))).toMatchObject({
    length: 2,
    "last-generated-id": "2-0",
    groups: 1,
    "first-entry": ["1-0", ["a", "1"]],
  });
  const [group = []] = await run<unknown[][]>("XINFO GROUPS @i");
  expect(pairs(group)).toMatchObject({
    name: "g",
    consumers: 1,
    pending: 1,
    "last-delivered-id": "1-0",
    lag: 1,
  });
  const [consumer = []] = await run<unknown[][]>("XINFO CONSUMERS @i g");
  expect(pairs(consumer)).toMatchObject({ name: "c", pending: 1 });
});

test("an id by the server's clock sorts behind every earlier one", async () => {
  const ids = await Promise.all(Array.from({ length: 50 }, () => run<string>("XADD @auto * a 1")));
  expect(new Set(ids).size).toBe(50);
  const now = Date.now();
  for (const id of ids) expect(Math.abs(Number(id.split("-")[0]) - now)).toBeLessThan(5000);
});

test("through the client", async () => {
  const k = key("client");
  const id = await redis.xadd(k, "*", { type: "signup", user: { id: 7 } });
  expect(await redis.xlen(k)).toBe(1);
  expect(await redis.xrange(k, "-", "+")).toEqual({ [id]: { type: "signup", user: { id: 7 } } });
  expect(await redis.xgroup(k, { type: "CREATE", group: "g", id: "0" })).toBe("OK");
  expect(await redis.xreadgroup("g", "ada", k, ">", { count: 5 })).toEqual([
    [k, [[id, ["type", "signup", "user", { id: 7 }]]]],
  ]);
  expect(await redis.xack(k, "g", id)).toBe(1);
});
