// Queues and channels.

import { count } from "../mailbox.ts";
import { pick, type Step, type Visitor } from "../visitor.ts";

export const QUEUES = ["soak-mail", "soak-orders", "soak-flaky"];
/** Of it a message dies after two receives, and is given back from the dead letters. */
export const FLAKY = "soak-flaky";
/** What the webhook and the live viewer get: all of the channels below, and nothing else. */
export const PATTERN = "soak-*";
const CHANNELS = ["soak-orders:eu", "soak-orders:us", "soak-stock:changes"];

const SECONDS_A_DAY = 86_400;
const DEDUP_SECONDS = 600;
const GONE_OR_STALE = [404, 409];

export interface Message {
  receipt: string;
  body: string;
}

export const prepareQueue = async ({ api, ledger }: Visitor): Promise<void> => {
  for (const queue of QUEUES) {
    await api.call("PUT", `/v1/queues/${queue}`, { body: { maxAttempts: queue === FLAKY ? 2 : 100 } });
    ledger.add("queue", queue);
  }
};

export const send: Step = async (visitor) => {
  const { api, ledger, mailbox, random, name, next } = visitor;
  const queue = pick(visitor, QUEUES);
  const path = `/v1/queues/${queue}/messages`;
  const bodies = Array.from({ length: random() < 0.3 ? 5 : 1 }, () => `${name} ${next()}`);
  const delaySeconds = random() < 0.2 ? 1 : 0;
  const dedupId = random() < 0.2 ? `${name}-${next()}` : undefined;
  const key = `${name}-send-${next()}`;
  const [first = ""] = bodies;
  const one = { body: first, delaySeconds, ...(dedupId !== undefined && { dedupId }) };
  const body = bodies.length === 1 ? one : { messages: bodies.map((text) => ({ body: text, delaySeconds })) };
  const call = () => api.call<{ ids: string[] }>("POST", path, { body, headers: { "idempotency-key": key } });
  ledger.add("sent once", key, SECONDS_A_DAY);
  if (bodies.length === 1 && dedupId !== undefined) ledger.add("dedup", queue, DEDUP_SECONDS);
  const { ids } = (await call()).body;
  for (const text of bodies) mailbox.sent.add(text);
  if (random() > 0.2) return;
  visitor.expect("a repeat sends nothing", (await call()).body.ids.join() === ids.join());
};

/** Receives, and acks most of it: some is given back, some forgotten until its visibility ends. */
export const receive: Step = async (visitor) => {
  const { api, random, mailbox } = visitor;
  const queue = pick(visitor, QUEUES);
  const { messages } = (
    await api.call<{ messages: Message[] }>("POST", `/v1/queues/${queue}/receive`, {
      body: { max: 10, visibilitySeconds: 30, waitSeconds: random() < 0.05 ? 1 : 0 },
    })
  ).body;
  for (const { receipt, body } of messages) {
    const path = `/v1/queues/${queue}/messages/${receipt}`;
    const fate = random();
    if (fate < 0.1) {
      await api.call("PATCH", path, { body: { visibilitySeconds: fate < 0.05 ? 0 : 1 } });
    } else {
      await api.call("DELETE", path);
      count(mailbox.handled, body);
    }
  }
  await api.call("GET", `/v1/queues/${queue}`);
};

/** Gives back what has died, and looks at it before. */
export const redrive: Step = async ({ api }) => {
  await api.call("GET", `/v1/queues/${FLAKY}/dead`);
  await api.call("POST", `/v1/queues/${FLAKY}/dead/redrive`);
};

export const ackTwice: Step = async ({ api, name, next, expect, ledger }) => {
  const queue = `${name}-queue`;
  ledger.add("queue", queue);
  await api.call("POST", `/v1/queues/${queue}/messages`, { body: { body: next() } });
  const { messages } = (
    await api.call<{ messages: Message[] }>("POST", `/v1/queues/${queue}/receive`, { body: { max: 1 } })
  ).body;
  const path = `/v1/queues/${queue}/messages/${messages[0]?.receipt ?? ""}`;
  await api.call("PATCH", path, { body: { visibilitySeconds: 60 } });
  await api.call("DELETE", path);
  const again = await api.call("DELETE", path, { also: GONE_OR_STALE });
  expect("a message is acked once", GONE_OR_STALE.includes(again.status));
  await api.call("DELETE", `/v1/queues/${queue}/dead`);
};

export const publish: Step = async (visitor) => {
  const { api, ledger, mailbox, name, next, random } = visitor;
  const channel = pick(visitor, CHANNELS);
  const key = `${name}-publish-${next()}`;
  const withKey = random() < 0.3;
  if (withKey) ledger.add("published once", key, SECONDS_A_DAY);
  const { body } = await api.call<{ id: string }>("POST", `/v1/channels/${channel}/events`, {
    body: { data: { number: next() }, type: "changed", ...(random() < 0.5 && { key: name }) },
    ...(withKey && { headers: { "idempotency-key": key } }),
  });
  mailbox.published.add(body.id);
  ledger.add("family", channel.split(":")[0] ?? "");
};

/** From the last event that was published on, or from the oldest that is kept. */
export const readLog: Step = async ({ api, mailbox }) => {
  const after = [...mailbox.published].at(-1) ?? "0";
  await api.call("GET", `/v1/channels/${PATTERN}/events?after=${after}&limit=10`);
};

/** A subscription that is made, looked at, changed and deleted. */
export const subscribeAndLeave: Step = async ({ api, name }) => {
  const url = "http://127.0.0.1:9/";
  const made = await api.call<{ id: string }>("POST", "/v1/subscriptions", {
    body: { pattern: `${name}:nothing`, url },
  });
  const path = `/v1/subscriptions/${made.body.id}`;
  await api.call("GET", "/v1/subscriptions");
  await api.call("PATCH", path, { body: { status: "paused" } });
  await api.call("GET", `${path}/deliveries`);
  await api.call("GET", `${path}/dead`);
  await api.call("POST", `${path}/dead/replay`);
  await api.call("GET", path);
  await api.call("DELETE", path);
};

export const lookAtHealth: Step = async ({ api }) => {
  await api.call("GET", "/healthz");
  await api.call("GET", "/readyz");
};
