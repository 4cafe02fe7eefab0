// HTTP by hand, byte by byte, over a connection that can be left at any moment.

import { connect as connectSocket, type Socket } from "node:net";

/** Whoever has no answer by then has none. */
export const ANSWER_MS = 10_000;

export interface Answer {
  readonly status: number;
  readonly body: string;
}

export interface Wire {
  readonly socket: Socket;
  readonly isClosed: boolean;
  write(bytes: string | Uint8Array): void;
  /** What has come and is no whole answer: of a stream, all of it. */
  text(): string;
  /** Resolves with whole answers, fewer than asked for where the connection ends before or there is none in time. */
  answers(count: number): Promise<Answer[]>;
  /** Resolves when this has come, or the connection ends, or it is late. @returns whether it has come */
  until(text: string): Promise<boolean>;
  leave(how: "end" | "destroy" | "reset"): void;
}

export interface Place {
  readonly port: number;
  /** Where it comes from: there are only so many ports of one address. */
  readonly localAddress?: string;
}

/** @throws where it is refused */
export async function open(place: Place): Promise<Wire> {
  const socket = connectSocket({ host: "127.0.0.1", ...place });
  const answers: Answer[] = [];
  let unread: Buffer[] = [];
  let isClosed = false;
  /** Of what is unread, before which there is no need to look. */
  let needed = 1;
  const changed = new Set<() => void>();
  const change = (): void => {
    for (const each of changed) each();
  };

  function read(chunk: Buffer): void {
    unread.push(chunk);
    if (sizeOf(unread) < needed) return;
    let rest = Buffer.concat(unread);
    for (let next = parse(rest); ; next = parse(rest)) {
      needed = typeof next === "number" ? next : 1;
      if (typeof next === "number") break;
      answers.push(next.answer);
      rest = rest.subarray(next.end);
    }
    unread = [rest];
  }
  socket.on("data", (chunk: Buffer) => {
    read(chunk);
    change();
  });
  socket.on("close", () => {
    isClosed = true;
    change();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", () => resolve());
    socket.once("error", reject);
  });
  // That a connection breaks is what this is about.
  socket.on("error", () => undefined);

  const text = (): string => Buffer.concat(unread).toString("latin1");

  /** Waits until it is so, the connection is closed, or it is late. */
  async function wait(isSo: () => boolean): Promise<void> {
    if (isSo() || isClosed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = (): void => {
      if (isSo() || isClosed) resolve();
    };
    const timer = setTimeout(() => resolve(), ANSWER_MS);
    changed.add(look);
    await promise;
    changed.delete(look);
    clearTimeout(timer);
  }

  return {
    socket,
    get isClosed() {
      return isClosed;
    },
    write: (bytes) => void socket.write(bytes),
    text,
    async answers(count) {
      await wait(() => answers.length >= count);
      return answers.slice(0, count);
    },
    async until(part) {
      await wait(() => text().includes(part));
      return text().includes(part);
    },
    leave(how) {
      if (how === "end") socket.end();
      else if (how === "reset") socket.resetAndDestroy();
      else socket.destroy();
    },
  };
}

const HEAD_END = "\r\n\r\n";

const sizeOf = (chunks: readonly Buffer[]): number => chunks.reduce((sum, { length }) => sum + length, 0);

/**
 * The first answer of what has come. Each announces its length, as all do but streams.
 * @returns how many bytes it takes at the least, where they are not there yet
 */
function parse(bytes: Buffer): { readonly answer: Answer; readonly end: number } | number {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd < 0) return bytes.length + 1;
  const head = bytes.toString("latin1", 0, headEnd);
  const [, status = "0"] = /^HTTP\/1\.1 (\d{3})/.exec(head) ?? [];
  const [, length] = /^content-length: *(\d+)/im.exec(head) ?? [];
  if (length === undefined) return bytes.length + 1;
  const start = headEnd + HEAD_END.length;
  const end = start + Number(length);
  if (bytes.length < end) return end;
  return { answer: { status: Number(status), body: bytes.toString("utf8", start, end) }, end };
}

export interface Sent {
  readonly path?: string;
  readonly method?: string;
  readonly body?: string;
  /** What is announced, where that is not the body's length. */
  readonly length?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request as text. */
export function request(
  token: string,
  { path = "/", method = "POST", body = "", length = Buffer.byteLength(body), headers = {} }: Sent,
): string {
  const isChunked = headers["transfer-encoding"] === "chunked";
  const lines = [
    `${method} ${path} HTTP/1.1`,
    "host: 127.0.0.1",
    `authorization: Bearer ${token}`,
    ...(isChunked ? [] : [`content-length: ${length}`]),
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  return `${lines.join("\r\n")}${HEAD_END}${body}`;
}

export const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
