// What each server is asked for, in the bytes of its own protocol.

import { TOKEN } from "../harness/traffic.ts";

export const VALUE = "v".repeat(100);
export const SCRIPT = "return redis.call('INCRBY', KEYS[1], ARGV[1])";
const BATCH = 10;

/** SET first: the others read what it wrote. */
export const OPERATIONS = ["SET", "GET", "10 GETs", "EVALSHA"] as const;
export type Operation = (typeof OPERATIONS)[number];

/** The headers that @upstash/redis sends by Node's fetch. */
const UPSTASH_HEADERS = [
  "host: 127.0.0.1",
  "connection: keep-alive",
  `authorization: Bearer ${TOKEN}`,
  "content-type: application/json",
  "upstash-encoding: base64",
  "upstash-sync-token: ",
  "accept: */*",
  "accept-language: *",
  "sec-fetch-mode: cors",
  "user-agent: node",
  "accept-encoding: gzip, deflate",
].join("\r\n");

function upstash(path: string, json: unknown): Buffer {
  const body = JSON.stringify(json);
  const head = `POST ${path} HTTP/1.1\r\n${UPSTASH_HEADERS}\r\ncontent-length: ${body.length}\r\n\r\n`;
  return Buffer.from(head + body);
}

const TEN = Array.from({ length: BATCH });

/** Upstash's protocol. */
export function upstashAsking(operation: Operation, sha: string): Buffer {
  const asking: Record<Operation, Buffer> = {
    GET: upstash("/", ["GET", "k"]),
    SET: upstash("/", ["SET", "k", VALUE]),
    "10 GETs": upstash(
      "/pipeline",
      TEN.map(() => ["GET", "k"]),
    ),
    EVALSHA: upstash("/", ["EVALSHA", sha, "1", "n", "1"]),
  };
  return asking[operation];
}

function webdis(method: string, path: string, body = ""): Buffer {
  const headers = `host: 127.0.0.1\r\nconnection: Keep-Alive\r\naccept: */*\r\nuser-agent: node`;
  const length = body === "" ? "" : `\r\ncontent-length: ${body.length}`;
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${headers}${length}\r\n\r\n${body}`);
}

/**
 * Webdis has no request of several commands, so what the others read by ten GETs it reads by one MGET. Ten requests at once
 * on one connection, which it takes too, would measure Nagle's algorithm: each ten wait 40 ms for an acknowledgement.
 */
export function webdisAsking(operation: Operation, sha: string): Buffer {
  const asking: Record<Operation, Buffer> = {
    GET: webdis("GET", "/GET/k"),
    SET: webdis("PUT", "/SET/k", VALUE),
    "10 GETs": webdis("GET", `/MGET${"/k".repeat(BATCH)}`),
    EVALSHA: webdis("GET", `/EVALSHA/${sha}/1/n/1`),
  };
  return asking[operation];
}

/** Whether an answer is the right one, in whichever form its server gives it. */
export function isRight(operation: Operation, answer: string): boolean {
  if (operation === "SET") return answer.includes("OK");
  if (operation === "EVALSHA") return /\b\d+\b/.test(answer);
  const times = operation === "GET" ? 1 : BATCH;
  return [VALUE, Buffer.from(VALUE).toString("base64")].some(
    (form) => answer.split(form).length === times + 1,
  );
}
