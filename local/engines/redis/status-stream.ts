// Keeps `+OK` apart from a bulk string "OK" on an ioredis connection, whose parser makes the same Buffer of both.
//
// The bytes of a reply are looked at before ioredis does: each simple string is turned into a bulk string with a mark
// in front, which fromWire() takes for what it is. The mark is random and stays in this process, so that no stored
// value begins with it.

import { randomBytes } from "node:crypto";
import type { Redis } from "ioredis";

export const STATUS_MARK = randomBytes(16);

const NEWLINE = 0x0a;
const PLUS = 0x2b;
const DOLLAR = 0x24;

/** Turns one line `+text\r\n` into what ioredis shall see instead. */
type StatusLine = (line: Buffer) => Buffer;

const marked: StatusLine = (line) => {
  const text = line.subarray(1, -2);
  const header = Buffer.from(`$${STATUS_MARK.length + text.length}\r\n`);
  return Buffer.concat([header, STATUS_MARK, text, Buffer.from("\r\n")]);
};

/**
 * Follows the frames of a RESP2 stream, however it is cut into chunks, and replaces its simple strings.
 *
 * @returns a function that takes a chunk and gives the bytes to pass on, possibly none.
 */
export function createStatusRewriter(replace: StatusLine): (chunk: Buffer) => Buffer {
  let unfinished: Buffer = Buffer.alloc(0);
  /** Bytes of a bulk string, its line end included, that are still to come. */
  let payload = 0;

  return (chunk) => {
    const input = unfinished.length > 0 ? Buffer.concat([unfinished, chunk]) : chunk;
    const output: Buffer[] = [];
    let at = 0;
    let copied = 0;
    while (at < input.length) {
      if (payload > 0) {
        const size = Math.min(payload, input.length - at);
        payload -= size;
        at += size;
        continue;
      }
      const end = input.indexOf(NEWLINE, at);
      if (end === -1) break;
      if (input[at] === PLUS) {
        output.push(input.subarray(copied, at), replace(input.subarray(at, end + 1)));
        copied = end + 1;
      } else if (input[at] === DOLLAR) {
        const length = Number(input.toString("latin1", at + 1, end - 1));
        payload = length < 0 ? 0 : length + 2;
      }
      at = end + 1;
    }
    output.push(input.subarray(copied, at));
    unfinished = input.subarray(at);
    return output.length === 1 && output[0] ? output[0] : Buffer.concat(output);
  };
}

/** Puts a rewriter between the socket of each of a client's connections and its parser. */
function rewriteStatuses(redis: Redis, replace: StatusLine): void {
  // Emitted before the first byte of a connection is read.
  redis.on("connect", () => {
    const { stream } = redis;
    const rewrite = createStatusRewriter(replace);
    const emit = stream.emit.bind(stream) as (event: string | symbol, ...values: unknown[]) => boolean;
    stream.emit = (event: string | symbol, ...values: unknown[]): boolean => {
      const [chunk] = values;
      if (event !== "data" || !Buffer.isBuffer(chunk)) return emit(event, ...values);
      const rewritten = rewrite(chunk);
      return rewritten.length === 0 ? true : emit("data", rewritten);
    };
  });
}

/** Makes a client's statuses tellable from strings, by STATUS_MARK in front. */
export function markStatuses(redis: Redis): void {
  rewriteStatuses(redis, marked);
}

/** Tells of every status a client receives, as it stands on the wire; the client sees it unchanged. */
export function watchStatuses(redis: Redis, listener: (text: string) => void): void {
  rewriteStatuses(redis, (line) => {
    listener(line.toString("utf8", 1, line.length - 2));
    return line;
  });
}
