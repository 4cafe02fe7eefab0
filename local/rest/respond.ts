// Answers as the protocol wants them: JSON in every case but RESP2, and a sync token on each that ran something.

import { randomBytes } from "node:crypto";
import { EngineError, type EngineReply } from "../engine.ts";
import { encodeJson, encodeJsonList, encodeResp2 } from "./encode.ts";

export interface Format {
  base64: boolean;
  resp2: boolean;
}

/** The form of answer that a request asks for, or why there is none such. */
export function readFormat(headers: Headers): Format | EngineError {
  const base64 = headers.get("upstash-encoding") === "base64";
  const format = headers.get("upstash-response-format");
  const resp2 = format === "resp2";
  if (format !== null && format !== "json" && !resp2) {
    return new EngineError("ERR Upstash-Response-Format must be json or resp2");
  }
  if (base64 && resp2)
    return new EngineError("ERR Upstash-Encoding base64 cannot go with Upstash-Response-Format resp2");
  return { base64, resp2 };
}

/** An error that ran nothing. */
function failure(status: number, message: string): Response {
  return new Response(JSON.stringify({ error: message }), {
    status,
    headers: { "content-type": "application/json" },
  });
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

  function answer(status: number, json: string): Response {
    return new Response(json, { status, headers: headersOf("application/json") });
  }

  return {
    failure,

    notAllowed(methods: readonly string[]): Response {
      const response = failure(405, "ERR method not allowed");
      response.headers.set("allow", methods.join(", "));
      return response;
    },

    tooLarge: (limit: number): Response =>
      failure(413, `ERR max request size exceeded. Limit: ${limit} bytes`),

    /** The reply to a single command. An error is a 400. */
    reply(reply: EngineReply, { base64, resp2 }: Format): Response {
      const status = reply instanceof EngineError ? 400 : 200;
      if (!resp2) return answer(status, encodeJson(reply, base64));
      return new Response(encodeResp2([reply]), { status, headers: headersOf("application/octet-stream") });
    },

    /** The replies to several commands. Errors stand among them. */
    replies(replies: readonly EngineReply[], { base64, resp2 }: Format): Response {
      if (!resp2) return answer(200, encodeJsonList(replies, base64));
      return new Response(encodeResp2(replies), { headers: headersOf("application/octet-stream") });
    },
  };
}
