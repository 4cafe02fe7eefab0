// Replies as bodies: JSON (plain or base64) and raw RESP2.

import { EngineError, type EngineReply, EngineStatus } from "../engine.ts";

/**
 * One reply as a JSON object with `result` or `error`.
 *
 * Plain strings that are not valid UTF-8 get U+FFFD for what cannot be shown, as on Upstash: ask for base64 to have
 * the bytes. Integers beyond 2^53 are written in full; a client that parses JSON numbers as doubles rounds them.
 * @param base64 every string is base64, except errors and a status `OK`
 */
export function encodeJson(reply: EngineReply, base64: boolean): string {
  if (reply instanceof EngineError) return `{"error":${JSON.stringify(reply.message)}}`;
  if (reply instanceof EngineStatus && reply.text === "OK") return '{"result":"OK"}';
  return `{"result":${encodeValue(reply, base64)}}`;
}

/** The replies of a pipeline or a transaction as a JSON array. */
export function encodeJsonList(replies: readonly EngineReply[], base64: boolean): string {
  let json = "[";
  for (const [index, reply] of replies.entries())
    json += (index === 0 ? "" : ",") + encodeJson(reply, base64);
  return `${json}]`;
}

function encodeValue(reply: EngineReply, base64: boolean): string {
  if (reply === null) return "null";
  if (typeof reply === "number" || typeof reply === "bigint") return String(reply);
  // Base64 has nothing that JSON escapes.
  if (Buffer.isBuffer(reply))
    return base64 ? `"${reply.toString("base64")}"` : JSON.stringify(reply.toString());
  if (reply instanceof EngineStatus) return encodeText(reply.text, base64);
  // Only a script can nest an error; JSON has no place for one there but a string.
  if (reply instanceof EngineError) return encodeText(reply.message, base64);
  let json = "[";
  for (const [index, item] of reply.entries()) json += (index === 0 ? "" : ",") + encodeValue(item, base64);
  return `${json}]`;
}

function encodeText(text: string, base64: boolean): string {
  return JSON.stringify(base64 ? Buffer.from(text).toString("base64") : text);
}

/** Replies as Redis itself writes them, one behind the other. */
export function encodeResp2(replies: readonly EngineReply[]): Buffer<ArrayBuffer> {
  const parts: Buffer[] = [];
  for (const reply of replies) writeResp2(reply, parts);
  return Buffer.concat(parts);
}

const LINE_BREAK = /[\r\n]+/g;
const CRLF = Buffer.from("\r\n");
const NIL = Buffer.from("$-1\r\n");

function writeResp2(reply: EngineReply, parts: Buffer[]): void {
  const line = (text: string) => parts.push(Buffer.from(`${text}\r\n`));
  if (reply === null) parts.push(NIL);
  else if (typeof reply === "number" || typeof reply === "bigint") line(`:${reply}`);
  else if (Buffer.isBuffer(reply)) {
    line(`$${reply.length}`);
    parts.push(reply, CRLF);
  } else if (reply instanceof EngineStatus) line(`+${reply.text.replaceAll(LINE_BREAK, " ")}`);
  else if (reply instanceof EngineError) line(`-${reply.message.replaceAll(LINE_BREAK, " ")}`);
  else {
    line(`*${reply.length}`);
    for (const item of reply) writeResp2(item, parts);
  }
}
