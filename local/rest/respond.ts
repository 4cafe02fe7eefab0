// Answers as the protocol wants them: JSON in every case but RESP2, and a sync token on each that ran something.

import { randomBytes } from "node:crypto";
import { EngineError, type EngineReply } from "../engine.ts";
import { encodeJson, encodeJsonList, encodeResp2 } from "./encode.ts";

export interface Format {
  base64: boolean;
  resp2: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer<ArrayBuffer>;
}

/**
 * The form of answer that a request asks for, or why there is none such.
 * @param header a request's header by its name, or null
 */
export function readFormat(header: (name: string) => string | null): Format | EngineError {
  const base64 = header("upstash-encoding") === "base64";
  const format = header("upstash-response-format");
  const resp2 = format === "resp2";
  if (format !== null && format !== "json" && !resp2) {
    return new EngineError("ERR Upstash-Response-Format must be json or resp2");
  }
  if (base64 && resp2)
    return new EngineError("ERR Upstash-Encoding base64 cannot go with Upstash-Response-Format resp2");
  return { base64, resp2 };
}

/** An error that ran nothing. */
export function failure(status: number, message: string): Answer {
  const headers = { "content-type": "application/json" };
  return { status, headers, body: JSON.stringify({ error: message }) };
}

/** Makes the answers of one server. */
export function createResponder() {
  const life = randomBytes(6).toString("base64url");
  let answered = 0;

  /**
   * Reads here always see the writes before them, so the token promises nothing; but clients keep it and send it back,
   * and take an answer without one for the loss of theirs. So each answer has one, and no two are alike.
   */
  const headersOf = (contentType: string) => ({
    "content-type": contentType,
    "upstash-sync-token": `${life}-${++answered}`,
  });

  const json = (status: number, body: string): Answer => ({
    status,
    headers: headersOf("application/json"),
    body,
  });

  const resp2 = (status: number, replies: readonly EngineReply[]): Answer => ({
    status,
    headers: headersOf("application/octet-stream"),
    body: encodeResp2(replies),
  });

  return {
    failure,

    notAllowed(methods: readonly string[]): Answer {
      const answer = failure(405, "ERR method not allowed");
      return { ...answer, headers: { ...answer.headers, allow: methods.join(", ") } };
    },

    tooLarge: (limit: number): Answer => failure(413, `ERR max request size exceeded. Limit: ${limit} bytes`),

    /** The reply to a single command. An error is a 400. */
    reply(reply: EngineReply, format: Format): Answer {
      const status = reply instanceof EngineError ? 400 : 200;
      return format.resp2 ? resp2(status, [reply]) : json(status, encodeJson(reply, format.base64));
    },

    /** The replies to several commands. Errors stand among them. */
    replies(replies: readonly EngineReply[], format: Format): Answer {
      return format.resp2 ? resp2(200, replies) : json(200, encodeJsonList(replies, format.base64));
    },
  };
}
