// RESP2 as Redis writes it, read into the engine's replies: by itself, because ioredis's parser makes the same Buffer of
// `+OK` and of a string "OK", and text of every integer.

import { EngineError, EngineStatus } from "../../engine.ts";
import type { EngineReply } from "../../engine.ts";

const NEWLINE = 0x0a;
const PLUS = 0x2b;
const MINUS = 0x2d;
const COLON = 0x3a;
const DOLLAR = 0x24;
const ASTERISK = 0x2a;
const LINE_END_BYTES = 2;
const UNREADABLE = "Redis answered with what is not RESP2";

/** An array of which elements are still to come. */
interface OpenArray {
  readonly items: EngineReply[];
  readonly size: number;
}

/** One beyond 2^53 is not rounded. */
function integer(text: string): number | bigint {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text);
}

/** Of a string or an array; negative for nil. */
function size(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(UNREADABLE);
  return value;
}

/**
 * Makes a reader of one connection's replies.
 *
 * @param tell is given each reply, in order.
 * @returns takes the next bytes, however they are cut. It throws on what is not RESP2; nothing can be read behind that.
 */
export function createReplyReader(tell: (reply: EngineReply) => void): (chunk: Buffer) => void {
  let unread: Buffer = Buffer.alloc(0);
  /** A string of which a part has come, with its line end: it is copied once, however many chunks it takes. */
  let long: { readonly bytes: Buffer; filled: number } | null = null;
  /** The innermost last. */
  const open: OpenArray[] = [];

  function add(value: EngineReply): void {
    let whole = value;
    for (let array = open.at(-1); array !== undefined; array = open.at(-1)) {
      array.items.push(whole);
      if (array.items.length < array.size) return;
      open.pop();
      whole = array.items;
    }
    tell(whole);
  }

  /** Goes on with a long string. Returns how much of the chunk it took. */
  function fill(chunk: Buffer, at: number): number {
    if (long === null) return 0;
    const taken = chunk.copy(long.bytes, long.filled, at);
    long.filled += taken;
    if (long.filled === long.bytes.length) {
      const { bytes } = long;
      long = null;
      add(bytes.subarray(0, -LINE_END_BYTES));
    }
    return taken;
  }

  /** Takes a string that begins there. Returns where the next reply begins. */
  function takeString(input: Buffer, at: number, length: number): number {
    const end = at + length;
    if (end + LINE_END_BYTES > input.length) {
      long = { bytes: Buffer.allocUnsafe(length + LINE_END_BYTES), filled: 0 };
      return at + fill(input, at);
    }
    add(input.subarray(at, end));
    return end + LINE_END_BYTES;
  }

  function openArray(length: number): void {
    if (length > 0) open.push({ items: [], size: length });
    else add(length < 0 ? null : []);
  }

  return (chunk) => {
    let input = chunk;
    if (unread.length > 0) input = Buffer.concat([unread, chunk]);
    let at = fill(input, 0);
    while (at < input.length) {
      const lineEnd = input.indexOf(NEWLINE, at);
      if (lineEnd === -1) break;
      const kind = input[at];
      const start = at + 1;
      const end = lineEnd + 1 - LINE_END_BYTES;
      at = lineEnd + 1;
      if (kind === DOLLAR) {
        const length = size(input.toString("latin1", start, end));
        if (length < 0) add(null);
        else at = takeString(input, at, length);
      } else if (kind === COLON) add(integer(input.toString("latin1", start, end)));
      else if (kind === PLUS) add(new EngineStatus(input.toString("utf8", start, end)));
      else if (kind === ASTERISK) openArray(size(input.toString("latin1", start, end)));
      else if (kind === MINUS) add(new EngineError(input.toString("utf8", start, end)));
      else throw new Error(UNREADABLE);
    }
    unread = input.subarray(at);
  };
}
