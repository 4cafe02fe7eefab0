// Commands and replies on one socket that everybody shares.

import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openWire, type Wire } from "../../../../local/engines/redis/wire.ts";
import { plain, words } from "../support.ts";

const TIMEOUT_MS = 5_000;

let server: Server;
let client: Socket;
/** The other end. */
let redis: Socket;
/** What came there, a text for each chunk. */
let heard: string[];
let wire: Wire;

beforeEach(async () => {
  heard = [];
  server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  [redis] = (await once(server, "connection")) as [Socket];
  redis.on("data", (chunk) => heard.push(chunk.toString()));
  wire = openWire(client, TIMEOUT_MS);
});
afterEach(async () => {
  vi.useRealTimers();
  client.destroy();
  redis.destroy();
  await new Promise((resolve) => server.close(resolve));
});

const PING = "*1\r\n$4\r\nPING\r\n";

test("what many callers send in one turn is one write, and each gets its own replies", async () => {
  const write = vi.spyOn(client, "write");
  const calls = [
    wire.send([words("PING"), words("GET", "é")]),
    Promise.resolve().then(() => wire.send([words("PING")])),
  ];
  await vi.waitFor(() => expect(heard.join("")).toBe(`${PING}*2\r\n$3\r\nGET\r\n$2\r\né\r\n${PING}`));
  expect(write).toHaveBeenCalledTimes(1);
  redis.write("+1\r\n$1\r\n2\r\n+3\r\n");
  const replies = await Promise.all(calls);
  expect(replies.map((each) => each.map(plain))).toEqual([["+1", "2"], ["+3"]]);
});

test("a call waits for its last reply", async () => {
  const call = wire.send([words("PING"), words("PING")]);
  redis.write("+1\r\n");
  await once(client, "data");
  redis.write("-ERR 2\r\n");
  expect((await call).map(plain)).toEqual(["+1", "-ERR 2"]);
});

/** Why each call was refused, that of a new one last. */
async function refusals(...calls: Promise<unknown>[]): Promise<string[]> {
  const settled = await Promise.allSettled([...calls, wire.send([words("PING")])]);
  return settled.map((each) => (each.status === "rejected" ? String(each.reason) : "was answered"));
}

describe("all that waits is refused, and what comes after", () => {
  test("when the connection ends", async () => {
    const calls = [wire.send([words("PING")]), wire.send([words("PING")])];
    wire.end(new Error("closed"));
    expect(await refusals(...calls)).toEqual(["Error: closed", "Error: closed", "Error: closed"]);
  });

  test("when the first has waited too long, and the connection is cut", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const first = wire.send([words("PING")]);
    await vi.advanceTimersByTimeAsync(TIMEOUT_MS - 1);
    redis.write("+1\r\n");
    expect((await first).map(plain)).toEqual(["+1"]);
    const second = wire.send([words("PING")]).catch(String);
    await vi.advanceTimersByTimeAsync(TIMEOUT_MS - 1);
    expect(client.destroyed).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(client.destroyed).toBe(true);
    expect([await second, ...(await refusals())]).toEqual(Array(2).fill("Error: no answer within 5000 ms"));
  });

  test("when a reply comes that nobody asked for, and the connection is cut", async () => {
    const call = wire.send([words("PING")]);
    redis.write("+1\r\n+2\r\n");
    expect((await call).map(plain)).toEqual(["+1"]);
    expect(await refusals()).toEqual(["Error: Redis answered what nobody asked"]);
    expect(client.destroyed).toBe(true);
  });

  test("when what comes is not RESP2, and the connection is cut", async () => {
    const call = wire.send([words("PING")]).catch(String);
    redis.write("HTTP/1.1 400 Bad Request\r\n");
    expect([await call, ...(await refusals())]).toEqual(
      Array(2).fill("Error: Redis answered with what is not RESP2"),
    );
    expect(client.destroyed).toBe(true);
  });
});
