// A receiver of webhooks: it verifies each, and now and then refuses one, so that there are retries.

import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";
import { count, type Mailbox } from "./mailbox.ts";

/** One attempt in so many, the first among them, is answered 500, though the event was not wrong. */
const REFUSES_ONE_IN = 50;

export interface Receiver {
  readonly url: string;
  /** Of the subscription. Until it is known everything is refused. */
  secret: string;
  close(): Promise<void>;
}

/** @param tell told of a webhook whose signature is wrong */
export async function startReceiver(mailbox: Mailbox, tell: (what: string) => void): Promise<Receiver> {
  let attempts = 0;

  async function statusOf(request: IncomingMessage): Promise<number> {
    const body = await text(request);
    attempts += 1;
    if (receiver.secret === "" || attempts % REFUSES_ONE_IN === 1) return 500;
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    try {
      const event = new Webhook(receiver.secret).verify(body, headers) as { id: string };
      count(mailbox.delivered, event.id);
      return 204;
    } catch (error) {
      tell(`a webhook could not be verified: ${String(error)}`);
      return 500;
    }
  }

  const server = createServer((request, response) => {
    statusOf(request).then(
      (status) => response.writeHead(status).end(),
      () => response.destroy(),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    secret: "",
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return receiver;
}
