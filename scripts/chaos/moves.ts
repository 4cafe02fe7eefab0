// What clients do to a server that it must withstand. Each move says what was wrong, or null.

import { setTimeout as pause } from "node:timers/promises";
import { oneOf, type Draw } from "../faults/faults.ts";
import { chunk, open, request, type Answer, type Wire } from "./wire.ts";

export interface Scene {
  readonly port: number;
  readonly token: string;
  /** In front of every key and channel. */
  readonly prefix: string;
  readonly draw: Draw;
  /** Slow commands that were sent whole, and so have to have run: once each. */
  slow: number;
  /** Wires that were opened. */
  opened: number;
}

export type Move = (scene: Scene) => Promise<string | null>;

export const LARGE_BYTES = 4 * 1_024 * 1_024;
const REQUEST_LIMIT_BYTES = 10 * 1_024 * 1_024;
const LEAVES = ["end", "destroy", "reset"] as const;

async function wired(scene: Scene, act: (wire: Wire) => Promise<string | null>): Promise<string | null> {
  const wire = await open({ port: scene.port });
  scene.opened += 1;
  try {
    return await act(wire);
  } finally {
    wire.leave(oneOf(["destroy", "reset"] as const, scene.draw));
  }
}

const json = (command: readonly unknown[], path: string): string =>
  JSON.stringify(path === "/" ? command : [command]);

const told = (answers: readonly Answer[]): string =>
  answers.map(({ status, body }) => `${status} ${body.slice(0, 80)}`).join("; ") || "no answer";

const PATHS = ["/", "/pipeline", "/multi-exec"] as const;

/** Cut anywhere before the last byte: no such request may have done anything. */
const cut: Move = (scene) =>
  wired(scene, async (wire) => {
    const path = oneOf(PATHS, scene.draw);
    const whole = request(scene.token, { path, body: json(["INCR", `${scene.prefix}half`], path) });
    wire.write(whole.slice(0, scene.draw(1, whole.length - 1)));
    await pause(scene.draw(0, 50));
    wire.leave(oneOf(LEAVES, scene.draw));
    return null;
  });

/** A body that is whole JSON and not the whole body: what was announced never comes. */
const half: Move = (scene) =>
  wired(scene, async (wire) => {
    const key = `${scene.prefix}half`;
    const path = oneOf([...PATHS, `/incrby/${key}`, `/set/${key}`] as const, scene.draw);
    const body = path.length > 12 ? "1" : json(["INCR", key], path);
    if (scene.draw(0, 1) === 0) {
      wire.write(request(scene.token, { path, body, length: body.length + scene.draw(1, 100) }));
    } else {
      wire.write(request(scene.token, { path, headers: { "transfer-encoding": "chunked" } }) + chunk(body));
    }
    await pause(scene.draw(0, 50));
    wire.leave(oneOf(LEAVES, scene.draw));
    const answers = await wire.answers(1);
    return answers.some(({ status }) => status < 400) ? `half a body: ${told(answers)}` : null;
  });

/** A body that comes in pieces, and is answered when it is whole. */
const slow: Move = (scene) =>
  wired(scene, async (wire) => {
    const path = oneOf(PATHS, scene.draw);
    const whole = request(scene.token, { path, body: json(["INCR", `${scene.prefix}slow`], path) });
    const pieces = scene.draw(2, 12);
    const size = Math.ceil(whole.length / pieces);
    for (let at = 0; at < whole.length; at += size) {
      wire.write(whole.slice(at, at + size));
      await pause(scene.draw(0, 60));
    }
    scene.slow += 1;
    const answers = await wire.answers(1);
    return answers[0]?.status === 200 ? null : `a slow body: ${told(answers)}`;
  });

const GARBAGE: readonly ((scene: Scene) => string | Uint8Array)[] = [
  ({ draw }) => Uint8Array.from({ length: draw(1, 2_000) }, () => draw(0, 255)),
  () => Uint8Array.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03]),
  () => "GET /\r\n\r\n",
  () => "*1\r\n$4\r\nPING\r\n",
  () => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  () => "GET / HTTP/1.1\r\nhost: a\r\nbad header\r\n\r\n",
  () => "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n",
  () => "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello",
  () =>
    "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
  ({ token }) =>
    `${request(token, { headers: { "transfer-encoding": "chunked" } })}zz\r\n["PING"]\r\n0\r\n\r\n`,
  () => `GET /${"a".repeat(1_100_000)} HTTP/1.1\r\nhost: a\r\n\r\n`,
  ({ token, draw }) =>
    request(token, { body: String.fromCodePoint(...Array.from({ length: 200 }, () => draw(33, 126))) }),
];

/** What is no request, or whose body is no command: refused or dropped, never answered well. */
const garbage: Move = (scene) =>
  wired(scene, async (wire) => {
    wire.write(oneOf(GARBAGE, scene.draw)(scene));
    await pause(scene.draw(0, 30));
    wire.socket.end();
    const answers = await wire.answers(1);
    if (answers.some(({ status }) => status < 400 || status >= 500)) return `garbage: ${told(answers)}`;
    return answers.every(({ body }) => body.startsWith('{"error":')) ? null : `no JSON: ${told(answers)}`;
  });

/** More than the limit, announced or in chunks without end. */
const oversized: Move = (scene) =>
  wired(scene, async (wire) => {
    if (scene.draw(0, 1) === 0) {
      wire.write(request(scene.token, { body: '["PING","', length: REQUEST_LIMIT_BYTES + 1 }));
    } else {
      wire.write(request(scene.token, { headers: { "transfer-encoding": "chunked" } }));
      const piece = chunk("x".repeat(1_024 * 1_024));
      for (let sent = 0; sent <= REQUEST_LIMIT_BYTES && !wire.isClosed; sent += 1_024 * 1_024) {
        wire.write(piece);
        await pause(1);
      }
    }
    const answers = await wire.answers(1);
    // Whose connection is closed while it still sends may miss the answer.
    const isRefused = answers[0]?.status === 413 || (answers.length === 0 && wire.isClosed);
    return isRefused ? null : `oversized: ${told(answers)}`;
  });

/** Many requests in one write: each is answered, in their order. */
const pipelined: Move = (scene) =>
  wired(scene, async (wire) => {
    const key = `${scene.prefix}many:${scene.draw(0, 1e9)}`;
    const count = scene.draw(2, 60);
    wire.write(request(scene.token, { body: JSON.stringify(["INCR", key]) }).repeat(count));
    const answers = await wire.answers(count);
    const isInOrder = answers.every(({ body }, i) => body === JSON.stringify({ result: i + 1 }));
    return answers.length === count && isInOrder ? null : `${answers.length} of ${count}: ${told(answers)}`;
  });

/** A large answer that is not read for a while, or never. */
const slowReader: Move = (scene) =>
  wired(scene, async (wire) => {
    wire.socket.pause();
    wire.write(request(scene.token, { body: JSON.stringify(["GET", `${scene.prefix}large`]) }));
    await pause(scene.draw(50, 500));
    if (scene.draw(0, 2) === 0) return null;
    wire.socket.resume();
    const [answer] = await wire.answers(1);
    const isWhole = answer?.status === 200 && answer.body.length === LARGE_BYTES + '{"result":""}'.length;
    return isWhole ? null : `a large answer: ${answer?.body.length ?? 0} bytes`;
  });

/** A reader of events that leaves: before the answer, at once, or after a message. */
const leavingReader: Move = (scene) =>
  wired(scene, async (wire) => {
    const kind = oneOf(["subscribe", "psubscribe", "monitor"] as const, scene.draw);
    const channel = `${scene.prefix}events`;
    const path = kind === "monitor" ? "/monitor" : `/${kind}/${channel}`;
    wire.write(request(scene.token, { path, body: "[]", headers: { accept: "text/event-stream" } }));
    const stays = scene.draw(0, 2);
    if (stays > 0 && !(await wire.until("data: "))) return `${path}: ${wire.text().slice(0, 80)}`;
    if (stays > 1) await pause(scene.draw(0, 200));
    wire.leave(oneOf(LEAVES, scene.draw));
    return null;
  });

export const MOVES = {
  cut,
  "half a body": half,
  "slow body": slow,
  garbage,
  oversized,
  "pipelined HTTP": pipelined,
  "slow reader": slowReader,
  "leaving reader of events": leavingReader,
} as const satisfies Readonly<Record<string, Move>>;
