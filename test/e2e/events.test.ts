// Events under `npm run dev`, with a receiver that is no part of it.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type Receiver, startReceiver } from "../lib/webhooks/receiver.ts";
import { stillRunning } from "../local/dev/processes.ts";
import { type DevRunner, ready, startDevRunner } from "./dev-runner.ts";

interface Event {
  id: string;
  data: unknown;
}

let stateDir: string;
let receiver: Receiver;
let runner: DevRunner | undefined;

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), "sedge-events-"));
});

beforeEach(async () => {
  receiver = await startReceiver();
});

afterEach(async () => {
  runner?.process.kill("SIGTERM");
  await runner?.ended;
  await receiver.close();
});

afterAll(() => rm(stateDir, { recursive: true, force: true }));

/** Starts it on the same data each time. */
async function start(): Promise<DevRunner> {
  runner = await startDevRunner({ stateDir, env: { CRON_EVERY_SECONDS: "1" } });
  await ready(runner);
  return runner;
}

const call = (url: string, path: string, body?: object): Promise<Response> =>
  fetch(`${url}${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { authorization: "Bearer sedge-local", "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

async function subscribe(url: string, pattern: string): Promise<void> {
  const response = await call(url, "/v1/subscriptions", { pattern, url: receiver.url });
  expect(response.status).toBe(201);
}

async function publish(url: string, channel: string, data: unknown): Promise<string> {
  const response = await call(url, `/v1/channels/${channel}/events`, { data });
  expect(response.status).toBe(202);
  return (await response.json<Event>()).id;
}

/** Ids of the events that came, in the order they came. */
const receivedIds = (): string[] => receiver.received.map(({ body }) => (JSON.parse(body) as Event).id);

/** All that is kept of a channel. */
async function logOf(url: string, channel: string): Promise<string[]> {
  const ids: string[] = [];
  let after = "0";
  for (;;) {
    const response = await call(url, `/v1/channels/${channel}/events?limit=100&after=${after}`);
    const { items, next } = await response.json<{ items: Event[]; next: string | null }>();
    ids.push(...items.map(({ id }) => id));
    if (next === null) return ids;
    after = next;
  }
}

describe("npm run dev", () => {
  it("shows the welcome mail of somebody who signs up, within seconds", async () => {
    const { url, output } = await start();
    const ada = { email: "ada@example.com", name: "Ada", password: "correct horse battery" };
    expect((await call(url, "/v1/users", ada)).status).toBe(201);

    await vi.waitFor(() => expect(output()).toMatch(/Text: .*\.txt/), { timeout: 5_000 });
    expect(output()).toMatch(/To: ada@example\.com\s+Subject: Welcome to Sedge/);
    const [, path = ""] = /Text: (.*\.txt)/.exec(output()) ?? [];
    expect(await readFile(path, "utf8")).toContain("Welcome to Sedge.");
  });

  it("delivers an event to a webhook well within a second", async () => {
    const { url } = await start();
    await subscribe(url, "orders:*");
    await publish(url, "orders:warm", {});
    await vi.waitFor(() => expect(receivedIds()).toHaveLength(1), { timeout: 5_000 });

    const begun = performance.now();
    const id = await publish(url, "orders:1", { total: 4_200 });
    await vi.waitFor(() => expect(receivedIds()).toContain(id), { timeout: 5_000, interval: 5 });
    expect(performance.now() - begun).toBeLessThan(1_000);
  });

  it("killed outright in the middle of 1,000 publishes, and started again, has and delivers all that it answered", async () => {
    const first = await start();
    const members = first.family();
    await subscribe(first.url, "kill:*");
    const answered: string[] = [];
    let next = 0;
    const publishers = Array.from({ length: 10 }, async () => {
      while (next < 1_000) {
        next += 1;
        answered.push(await publish(first.url, "kill:events", next));
        if (answered.length === 500) first.process.kill("SIGKILL");
      }
    });
    await Promise.allSettled(publishers);
    expect(answered.length).toBeGreaterThanOrEqual(500);
    expect(answered.length).toBeLessThan(1_000);
    expect(await stillRunning(members)).toEqual([]);

    const second = await start();
    const kept = await logOf(second.url, "kill:events");
    expect(new Set(kept).size).toBe(kept.length);
    expect(kept).toEqual(expect.arrayContaining(answered));
    // What was published and not answered is delivered too, and nothing else.
    await vi.waitFor(() => expect(new Set(receivedIds())).toEqual(new Set(kept)), {
      timeout: 60_000,
      interval: 100,
    });
  }, 150_000);
});
