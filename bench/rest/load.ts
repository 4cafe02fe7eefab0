// Requests as fast as a server answers them, on connections that stay. On bare sockets, because a client of HTTP would cost
// more than the servers that are compared.

import { once } from "node:events";
import { connect, type Socket } from "node:net";

const HEADER_END = Buffer.from("\r\n\r\n");
const CONTENT_LENGTH = /\r\ncontent-length: *(\d+)/i;

export interface Load {
  /** One request on one connection: what came back, for a look. */
  once(asking: Buffer): Promise<string>;
  /** Sends the request on every connection, again as soon as it is answered, for so long. */
  slice(asking: Buffer, milliseconds: number): Promise<Slice>;
  close(): void;
}

export interface Slice {
  readonly requests: number;
  readonly perSecond: number;
}

/** How long beyond a slice its last answers may take. */
const GRACE_MS = 10_000;

/** Reads answers off a connection: tells of each, by its status and body. */
function readAnswers(socket: Socket, tell: (status: number, body: Buffer) => void): void {
  let unread: Buffer = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    unread = unread.length === 0 ? chunk : Buffer.concat([unread, chunk]);
    for (;;) {
      const headEnd = unread.indexOf(HEADER_END);
      if (headEnd === -1) return;
      const head = unread.toString("latin1", 0, headEnd);
      const length = CONTENT_LENGTH.exec(head)?.[1];
      if (length === undefined) throw new Error(`An answer without its length: ${head}`);
      const end = headEnd + HEADER_END.length + Number(length);
      if (unread.length < end) return;
      const body = unread.subarray(headEnd + HEADER_END.length, end);
      unread = unread.subarray(end);
      tell(Number(head.slice(9, 12)), body);
    }
  });
}

/** Opens so many connections. */
export async function openLoad(port: number, connections: number): Promise<Load> {
  /** Is called with each answer on the connection of that place. */
  let onAnswer: ((at: number, status: number, body: Buffer) => void) | null = null;
  const sockets = await Promise.all(
    Array.from({ length: connections }, async (_, at) => {
      const socket = connect({ port, host: "127.0.0.1", noDelay: true });
      await once(socket, "connect");
      readAnswers(socket, (status, body) => onAnswer?.(at, status, body));
      return socket;
    }),
  );

  function expectAnswers(reject: (reason: Error) => void, tell: (at: number, body: Buffer) => void) {
    onAnswer = (at, status, body) => {
      if (status === 200) tell(at, body);
      else reject(new Error(`${status}: ${body.toString()}`));
    };
  }

  return {
    once(asking) {
      return new Promise((resolve, reject) => {
        expectAnswers(reject, (_at, body) => resolve(body.toString()));
        sockets[0]?.write(asking);
      });
    },

    slice(asking, milliseconds) {
      return new Promise((resolve, reject) => {
        const limit = milliseconds + GRACE_MS;
        const late = setTimeout(() => reject(new Error(`No answer within ${limit} ms`)), limit);
        const started = performance.now();
        let requests = 0;
        let busy = sockets.length;
        expectAnswers(reject, (at) => {
          requests += 1;
          const elapsed = performance.now() - started;
          if (elapsed < milliseconds) sockets[at]?.write(asking);
          else if (--busy === 0) {
            clearTimeout(late);
            resolve({ requests, perSecond: (requests * 1_000) / elapsed });
          }
        });
        for (const socket of sockets) socket.write(asking);
      });
    },

    close() {
      for (const socket of sockets) socket.destroy();
    },
  };
}
