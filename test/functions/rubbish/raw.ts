// Requests as bytes, for what no client library sends: broken start lines, headers and framings, bodies that break off.

import type { Random } from "../../local/engines/differential/random.ts";
import { SECRET, words } from "./values.ts";

export interface RawRequest {
  /** For people. */
  readonly told: string;
  readonly bytes: Buffer;
}

const METHODS = [
  ...words("GET POST PUT PATCH get GE\u00a0T TRACE CONNECT PRI 💥"),
  "",
  "GE T",
  "\0",
  "X".repeat(9_000),
];

const TARGETS = [
  ...words(`/v1/products /v1/products/1 /v1/counters/raw/increments /v1/session /v1/users /healthz /v1/nothing
    * //v1/products /v1/%zz /v1/%00 /v1/products/%ff /v1/../v1/session http://evil.example/v1/products /v1/\u00ff\u00fe
    /v1/products?limit=%zz /v1/products#a v1/products http:// [::1] ?`),
  "",
  "/v1/pro ducts",
  "/v1/\0",
  `/v1/${"x".repeat(20_000)}`,
  `/v1/products?${"a=1&".repeat(5_000)}`,
];

const VERSIONS = [
  ...Array<string>(30).fill("HTTP/1.1"),
  ...words("HTTP/1.0 HTTP/0.9 HTTP/2.0 HTTP/9.9 HTTX/1.1 1.1"),
  "",
];

const HEADERS = [
  "Host: a\r\nHost: b",
  "Host: a b",
  "Host:",
  "Content-Length: 5\r\nContent-Length: 6",
  "Content-Length: -1",
  "Content-Length: 0x10",
  "Content-Length: +5",
  "Content-Length: 99999999999999999999",
  "Content-Length: 5\r\nTransfer-Encoding: chunked",
  "Transfer-Encoding: xchunked",
  "Transfer-Encoding: chunked, identity",
  "Transfer-Encoding : chunked",
  "Transfer-Encoding:\tchunked\r\nTransfer-Encoding: gzip",
  "Expect: 100-continue",
  "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: a",
  "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__",
  " folded: 1",
  "A: 1\r\n\t2",
  "no colon",
  ": no name",
  "Na me: 1",
  "A: \0",
  "A: \u00ff\u0080",
  "A: 1\n\nB: 2",
  `Authorization: Bearer ${SECRET}`,
  `Authorization: Bearer ${"x".repeat(20_000)}`,
  `Cookie: ${"a=b; ".repeat(3_000)}`,
  Array.from({ length: 500 }, (_, i) => `X-${i}: 1`).join("\r\n"),
];

/** How much of the targets most requests are about: those there are. */
const KNOWN_TARGETS = 7;

/** Behind a request, as if it were its body, or another one. Without a key it is refused wherever it is read. */
const SMUGGLED =
  'POST /v1/counters/smuggled/increments HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8\r\n\r\n{"by":1}';

/** For no route a right one: so that none of these requests may write anything. */
const BODY = '{"by":""}';
const BODIES = [
  "",
  BODY,
  BODY.slice(0, 4),
  `5\r\n{"by"\r\n0\r\n\r\n`,
  `ffffffffffffffffff\r\n${BODY}\r\n0\r\n\r\n`,
  `zz\r\n${BODY}\r\n`,
  `9\r\n${BODY}`,
  `-9\r\n${BODY}\r\n0\r\n\r\n`,
  `0\r\n\r\n${SMUGGLED}`,
  SMUGGLED,
  "\0".repeat(5_000),
];

/**
 * @param key of somebody who may do everything: some requests have it, so that not all end at the door
 * @returns none that may write anything
 */
export function rawRequest(random: Random, key: string): RawRequest {
  const method = random.chance(0.8) ? random.pick(["GET", "POST"]) : random.pick(METHODS);
  const target = random.chance(0.5) ? random.pick(TARGETS.slice(0, KNOWN_TARGETS)) : random.pick(TARGETS);
  const end = random.chance(0.95) ? "\r\n" : random.pick(["\n", "\r", "\r\n\r\n"]);
  const body = random.pick(BODIES);
  const headers = [
    ...(random.chance(0.9) ? ["Host: localhost"] : []),
    ...(random.chance(0.5) ? [`Authorization: Bearer ${key}`] : []),
    ...(random.chance(0.5) ? ["Content-Type: application/json"] : []),
    // Too much, too little, or just right.
    ...(random.chance(0.6) ? [`Content-Length: ${random.pick([0, 4, body.length, body.length + 100])}`] : []),
    ...(random.chance(0.3) ? ["Transfer-Encoding: chunked"] : []),
    ...Array.from({ length: random.integer(0, 2) }, () => random.pick(HEADERS)),
  ];
  const text = `${method} ${target} ${random.pick(VERSIONS)}${end}${headers.join(end)}${end}${end}${body}`;
  // Some are cut off anywhere.
  const bytes = Buffer.from(text, "latin1");
  const sent = random.chance(0.1) ? bytes.subarray(0, random.integer(0, bytes.length)) : bytes;
  return { told: JSON.stringify(sent.toString("latin1").slice(0, 400)), bytes: sent };
}
