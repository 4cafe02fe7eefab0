// A JSON body, read once and never beyond its bound.

import type { MiddlewareHandler } from "hono";
import type { AppEnv } from "./environment.ts";
import { problem } from "./problems.ts";

/** 1 MiB. */
const MAX_BYTES = 1_048_576;
const MAX_DROPPED_BYTES = 16 * MAX_BYTES;

const MEDIA_TYPE = /^application\/json *(;|$)/i;

/**
 * Reads the body, whatever Content-Length says of it, and leaves its text for the validator behind.
 * @param options.maxBytes how much it may have: whole KiB. 1 MiB
 * @throws ProblemError 413 over it, 415 where it is not `application/json`, 400 where it is no UTF-8 or empty
 */
export function jsonBody({ maxBytes = MAX_BYTES } = {}): MiddlewareHandler<AppEnv> {
  return async function jsonBodyMiddleware(c, next) {
    const bytes = await read(c.req.raw, maxBytes);
    if (bytes === undefined) {
      throw problem("content-too-large", { detail: `A body has at most ${maxBytes / 1_024} KiB here.` });
    }
    const type = c.req.header("Content-Type");
    // Without a body nothing has to be said of its type.
    if (!(bytes.length === 0 && type === undefined) && !MEDIA_TYPE.test(type ?? "")) {
      throw problem("unsupported-media-type", { detail: "Send the body as application/json." });
    }
    if (bytes.length === 0) throw problem("bad-request", { detail: "A JSON body is needed." });
    c.req.raw = new Request(c.req.raw, { method: c.req.method, body: textOf(bytes) });
    await next();
  };
}

/**
 * The whole body, or undefined where it is too large. The rest of it is read and dropped then, up to a bound: workerd, run
 * locally, fails the caller's next request where a body was read in part (cloudflare/workerd#1741).
 */
async function read({ headers, body }: Request, maxBytes: number): Promise<Uint8Array | undefined> {
  if (Number(headers.get("Content-Length") ?? 0) > maxBytes) return undefined;
  if (body === null) return new Uint8Array();

  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of body as ReadableStream<Uint8Array>) {
      length += chunk.length;
      if (length <= maxBytes) chunks.push(chunk);
      else if (length > MAX_DROPPED_BYTES) break;
    }
  } catch {
    // The caller went away, or sent less than was announced: no fault of ours, and nothing to be logged as one.
    throw problem("bad-request", { detail: "The body broke off." });
  }
  if (length > maxBytes) return undefined;
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw problem("bad-request", { detail: "The body is not UTF-8." });
  }
}
