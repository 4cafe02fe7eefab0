import { describe, expect, test } from "vitest";
import { createFakeEngine, createTestApp } from "./fake-engine.ts";

async function run(line: string) {
  const engine = createFakeEngine(() => 1);
  const answer = await createTestApp(engine).post("/", line.split(" "));
  return { ...answer, ran: engine.commands.length > 0 };
}

describe("refused over REST, with a reason", () => {
  test.each([
    ["BLPOP l 0", /poll with LPOP/],
    ["brpop l 0", /poll with RPOP/],
    ["BLMOVE a b LEFT RIGHT 0", /poll with LMOVE/],
    ["BRPOPLPUSH a b 0", /poll with LMOVE/],
    ["BLMPOP 0 1 l LEFT", /poll with LMPOP/],
    ["BZPOPMIN z 0", /poll with ZPOPMIN/],
    ["BZPOPMAX z 0", /poll with ZPOPMAX/],
    ["BZMPOP 0 1 z MIN", /poll with ZMPOP/],
    ["WAIT 1 0", /blocks/],
    ["XREAD BLOCK 0 STREAMS s $", /BLOCK option/],
    ["XREAD COUNT 1 block 0 STREAMS s $", /BLOCK option/],
    ["XREADGROUP GROUP g c COUNT 1 BLOCK 5 STREAMS s >", /BLOCK option/],
    ["XREADGROUP COUNT 1 BLOCK 0 GROUP g c STREAMS s >", /BLOCK option/],
    ["XREADGROUP NOACK GROUP block streams BLOCK 0 STREAMS s >", /BLOCK option/],
    ["MULTI", /\/multi-exec/],
    ["EXEC", /\/multi-exec/],
    ["DISCARD", /\/multi-exec/],
    ["WATCH k", /use a script/],
    ["UNWATCH", /use a script/],
    ["SELECT 1", /connections are shared/],
    ["HELLO 3", /connections are shared/],
    ["RESET", /connections are shared/],
    ["QUIT", /connections are shared/],
    ["CLIENT REPLY OFF", /only GETNAME/],
    ["CLIENT KILL ID 3", /only GETNAME/],
    ["AUTH secret", /token/],
    ["SUBSCRIBE ch", /\/subscribe\/CHANNEL/],
    ["PSUBSCRIBE p", /\/psubscribe\/PATTERN/],
    ["UNSUBSCRIBE", /close the stream/],
    ["MONITOR", /\/monitor/],
    ["SHUTDOWN NOSAVE", /server/],
    ["CONFIG SET maxmemory 1", /only GET/],
    ["config rewrite", /only GET/],
    ["DEBUG SLEEP 100", /server/],
    ["SLAVEOF NO ONE", /server/],
    ["REPLICAOF NO ONE", /server/],
    ["MODULE LOAD x.so", /server/],
    ["MIGRATE h 1 k 0 1", /another server/],
    ["ACL SETUSER x on", /only CAT/],
    ["CLUSTER RESET", /only COUNTKEYSINSLOT/],
    ["SCRIPT DEBUG YES", /connections are shared/],
    ["POST k", /closes the connection/],
    ["host: k", /closes the connection/],
  ])("%s", async (line, reason) => {
    const { status, json, ran } = await run(line);
    const name = line.split(" ")[0]?.toUpperCase();
    expect({ status, ran }).toEqual({ status: 400, ran: false });
    expect(json).toEqual({
      error: expect.stringMatching(new RegExp(`^ERR ${name} is not available over REST: `)),
    });
    expect(json).toEqual({ error: expect.stringMatching(reason) });
  });
});

describe("let through", () => {
  test.each([
    "CONFIG GET maxmemory",
    "CLIENT ID",
    "ACL WHOAMI",
    "CLUSTER INFO",
    "SCRIPT EXISTS abc",
    "XREAD COUNT 1 STREAMS block 0",
    "XREAD COUNT 1 STREAMS s block",
    "XREADGROUP GROUP block block STREAMS s >",
    "XREADGROUP COUNT 1 GROUP block block STREAMS s >",
    "GET watch",
    "PUBLISH ch m",
    "CONFIG",
  ])("%s", async (line) => {
    expect(await run(line)).toEqual({ status: 200, json: { result: 1 }, ran: true });
  });
});
