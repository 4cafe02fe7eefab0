// A status and a string that read the same stay apart, however the bytes arrive.

import { expect, test } from "vitest";
import type { EngineReply } from "../../../../local/engine.ts";
import { createReplyReader } from "../../../../local/engines/redis/reply-reader.ts";
import { plain } from "../support.ts";

const WIRE = Buffer.from(
  "+OK\r\n$2\r\nOK\r\n*4\r\n+QUEUED\r\n:7\r\n$9\r\n+OK\r\n+x\r\n\r\n*1\r\n+in\r\n$-1\r\n*-1\r\n*0\r\n" +
    "-ERR +not é\r\n$0\r\n\r\n+\r\n:-9007199254740993\r\n*1\r\n*2\r\n-ERR in\r\n$2\r\né\r\n",
);
const REPLIES = [
  "+OK",
  "OK",
  ["+QUEUED", 7, "+OK\r\n+x\r\n", ["+in"]],
  null,
  null,
  [],
  "-ERR +not é",
  "",
  "+",
  -9007199254740993n,
  [["-ERR in", "é"]],
];

/** What a reader makes of bytes in chunks of that size. */
function readIn(size: number, bytes: Buffer): EngineReply[] {
  const replies: EngineReply[] = [];
  const read = createReplyReader((reply) => replies.push(reply));
  for (let at = 0; at < bytes.length; at += size) read(bytes.subarray(at, at + size));
  return replies;
}

test.each([1, 2, 3, 5, 7, 64, 1000])("in chunks of %i bytes", (size) => {
  expect(readIn(size, WIRE).map(plain)).toEqual(REPLIES);
});

test("a large value comes whole in many chunks, and what stands behind it too", () => {
  const value = Buffer.alloc(5_000_000, "+\r\n$");
  const wire = Buffer.concat([Buffer.from(`$${value.length}\r\n`), value, Buffer.from("\r\n+OK\r\n")]);
  const [large, status] = readIn(65_536, wire);
  expect(Buffer.isBuffer(large) && large.equals(value)).toBe(true);
  expect(plain(status ?? null)).toBe("+OK");
});

test("a list of a hundred thousand comes whole in many chunks", () => {
  const wire = Buffer.from(`*100000\r\n${"$1\r\nx\r\n".repeat(100_000)}`);
  expect(readIn(65_536, wire)[0]).toHaveLength(100_000);
});

test.each(["+OK\r\n{}\r\n", "$x\r\n", "*x\r\n"])("%j, which is not RESP2, is a fault", (wire) => {
  expect(() => readIn(64, Buffer.from(wire))).toThrow("not RESP2");
});
