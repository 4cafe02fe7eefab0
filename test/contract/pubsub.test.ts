import { expect, test } from "vitest";
import { key, redis, run, token, url } from "./support.ts";

/** The next events that a condition holds for, in a list that grows. */
async function until(condition: () => boolean): Promise<void> {
  await expect.poll(condition, { timeout: 5000, interval: 10 }).toBe(true);
}

/** How many listen on a channel. */
const listeners = async (channel: string) => (await run<[string, number]>(["PUBSUB", "NUMSUB", channel]))[1];

test("a subscriber of the client gets what is published, in order", async () => {
  const channel = key("chat");
  const got: unknown[] = [];
  const subscriber = redis.subscribe([channel]);
  subscriber.on("message", (event) => got.push(event));
  await expect.poll(() => listeners(channel)).toBe(1);
  expect(await redis.publish(channel, { id: 1 })).toBe(1);
  await redis.publish(channel, "plain, with commas");
  await redis.publish(channel, "two\nlines");
  await redis.publish(channel, 42);
  await until(() => got.length === 4);
  expect(got).toEqual([
    { channel, message: { id: 1 } },
    { channel, message: "plain, with commas" },
    { channel, message: "two\nlines" },
    { channel, message: 42 },
  ]);
  await subscriber.unsubscribe();
  await expect.poll(() => listeners(channel)).toBe(0);
});

test("a subscriber by pattern sees channels that appear later, with their names", async () => {
  const got: unknown[] = [];
  let stands = false;
  const subscriber = redis.psubscribe([key("user:*")]);
  subscriber.on("psubscribe", () => {
    stands = true;
  });
  subscriber.on("pmessage", (event) => got.push(event));
  await until(() => stands);
  await redis.publish(key("user:7"), { n: 1 });
  await redis.publish(key("other"), { n: 2 });
  await redis.publish(key("user:8"), { n: 3 });
  await until(() => got.length === 2);
  expect(got).toEqual([
    { pattern: key("user:*"), channel: key("user:7"), message: { n: 1 } },
    { pattern: key("user:*"), channel: key("user:8"), message: { n: 3 } },
  ]);
  await subscriber.unsubscribe();
});

// Redis counts connections, and streams of one server may share one: so at least one, and none when nobody listens.
test("everyone who listens gets it, and PUBLISH says whether anybody does", async () => {
  const channel = key("all");
  const counts = [0, 0, 0];
  let standing = 0;
  const subscribers = counts.map((_, index) => {
    const subscriber = redis.subscribe([channel]);
    subscriber.on("subscribe", () => standing++);
    subscriber.on("message", () => {
      counts[index] = (counts[index] ?? 0) + 1;
    });
    return subscriber;
  });
  await until(() => standing === 3);
  expect(await redis.publish(channel, "x")).toBeGreaterThanOrEqual(1);
  await until(() => counts.every((count) => count === 1));
  await Promise.all(subscribers.map((subscriber) => subscriber.unsubscribe()));
  await expect.poll(() => listeners(channel)).toBe(0);
  expect(await redis.publish(channel, "x")).toBe(0);
});

test("publishing inside a script or a transaction reaches subscribers", async () => {
  const channel = key("inside");
  const got: unknown[] = [];
  const subscriber = redis.subscribe([channel]);
  subscriber.on("message", ({ message }) => got.push(message));
  await expect.poll(() => listeners(channel)).toBe(1);
  await redis.eval("return redis.call('PUBLISH', KEYS[1], 'lua')", [channel], []);
  await redis.multi().publish(channel, "multi").exec();
  await until(() => got.length === 2);
  expect(got).toEqual(["lua", "multi"]);
  await subscriber.unsubscribe();
});

test("/monitor shows the commands that run", async () => {
  const abort = new AbortController();
  const response = await fetch(`${url}/monitor?_token=${token}`, { signal: abort.signal });
  const reader = response.body?.getReader();
  let seen = "";
  const read = async (pattern: RegExp) => {
    while (!pattern.test(seen)) seen += Buffer.from((await reader?.read())?.value ?? []).toString();
  };
  await read(/^data: "OK"\n\n/);
  const k = key("watched");
  await redis.set(k, 'a "quoted" value');
  await read(
    new RegExp(
      `\\ndata: \\d+\\.\\d{6} \\[\\d+ .*\\] "[sS][eE][tT]" "${k}" "a \\\\\\\\"quoted\\\\\\\\" value"\\n\\n`.replaceAll(
        "\\\\\\\\",
        "\\\\",
      ),
    ),
  );
  abort.abort();
  expect(seen).toContain(k);
});
