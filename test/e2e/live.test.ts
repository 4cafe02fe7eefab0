import { afterAll, beforeAll, expect, test } from "vitest";
import { blocksOf, type Block } from "../support/event-stream.ts";
import { startSedge, type Sedge } from "./harness.ts";

let sedge: Sedge;
beforeAll(async () => {
  sedge = await startSedge();
});
afterAll(() => sedge.close());

async function watch(path: string) {
  const { status, body } = await sedge.fetch(path, { headers: { accept: "text/event-stream" } });
  if (status !== 200 || body === null) throw new Error(`a stream was answered ${status}`);
  const blocks = blocksOf(body);
  return {
    next: async (): Promise<Block> => (await blocks.next()).value ?? {},
    leave: () => blocks.return(),
  };
}

const publish = async (data: unknown): Promise<string> => {
  const response = await sedge.send("POST", "/v1/channels/user:events/events", { data, type: "signup" });
  return (await response.json<{ id: string }>()).id;
};

test("in workerd a page that holds a read token sees events as they come, and comes back without loss", async () => {
  const issued = await sedge.send("POST", "/v1/channels/user:*/tokens", {});
  const { token } = await issued.json<{ token: string }>();
  const path = `/v1/channels/user:events/events?token=${token}`;

  const first = await watch(path);
  const { id: position } = await first.next();
  const one = await publish(1);
  expect(await first.next()).toMatchObject({ id: one, event: "signup" });
  await first.leave();

  const two = await publish(2);
  const again = await watch(`${path}&after=${one}`);
  expect(await again.next()).toMatchObject({ id: one });
  expect(await again.next()).toMatchObject({ id: two });
  await again.leave();
  expect(position).toMatch(/^\d+-\d+$/);
});

test("in workerd a stream goes on when Redis was away for a moment", async () => {
  const issued = await sedge.send("POST", "/v1/channels/user:*/tokens", {});
  const { token } = await issued.json<{ token: string }>();
  const stream = await watch(`/v1/channels/user:*/events?token=${token}`);
  await stream.next();
  const one = await publish(1);
  expect(await stream.next()).toMatchObject({ id: one });
  sedge.redis.mode = "refuse";
  sedge.redis.mode = "pass";
  // The Worker's own client may still hold it for away.
  await expect.poll(async () => (await sedge.fetch("/readyz")).status, { timeout: 10_000 }).toBe(200);
  const two = await publish(2);
  expect(await stream.next()).toMatchObject({ id: two });
  await stream.leave();
});
