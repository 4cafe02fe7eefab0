// A status and a string that read the same stay apart, however the bytes arrive.

import { expect, test } from "vitest";
import { createStatusRewriter } from "../../../../local/engines/redis/status-stream.ts";

const REPLIES = Buffer.from(
  "+OK\r\n$2\r\nOK\r\n*4\r\n+QUEUED\r\n:7\r\n$8\r\n+OK\r\n+x\r\n\r\n*1\r\n+in\r\n$-1\r\n*-1\r\n-ERR +not\r\n$0\r\n\r\n+\r\n",
);
const EXPECTED = REPLIES.toString()
  .replace("+OK\r\n$2", "<OK>$2")
  .replace("+QUEUED\r\n", "<QUEUED>")
  .replace("+in\r\n", "<in>")
  .replace(/\+\r\n$/, "<>");

const replace = (line: Buffer): Buffer => Buffer.from(`<${line.toString("utf8", 1, line.length - 2)}>`);

test.each([1, 2, 3, 5, 7, 64, 1000])("in chunks of %i bytes", (size) => {
  const rewrite = createStatusRewriter(replace);
  const output: Buffer[] = [];
  for (let at = 0; at < REPLIES.length; at += size) output.push(rewrite(REPLIES.subarray(at, at + size)));
  expect(Buffer.concat(output).toString()).toBe(EXPECTED);
});

test("a large value passes without being looked at", () => {
  const rewrite = createStatusRewriter(() => Buffer.from("seen"));
  const value = Buffer.alloc(1_000_000, "+\r\n");
  const reply = Buffer.concat([Buffer.from(`$${value.length}\r\n`), value, Buffer.from("\r\n")]);
  const chunks = [reply.subarray(0, 3), reply.subarray(3, 500_000), reply.subarray(500_000)];
  expect(Buffer.concat(chunks.map(rewrite)).equals(reply)).toBe(true);
});
