import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { commandOf, stillRunning } from "../local/dev/processes.ts";
import { type DevRunner, type DevRunnerOptions, ready, startDevRunner } from "./dev-runner.ts";

const redisUrl = process.env["REDIS_URL"];

// Shared: only the first start has to migrate and seed.
let stateDir: string;
const runners: DevRunner[] = [];

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), "sedge-dev-"));
});

afterEach(async () => {
  for (const runner of runners.splice(0)) {
    runner.process.kill("SIGTERM");
    await runner.ended;
  }
});

afterAll(() => rm(stateDir, { recursive: true, force: true }));

async function start(options: Partial<DevRunnerOptions> = {}): Promise<DevRunner> {
  const runner = await startDevRunner({ stateDir, ...options });
  runners.push(runner);
  return runner;
}

async function startReady(options?: Partial<DevRunnerOptions>) {
  const runner = await start(options);
  await ready(runner);
  const family = runner.family();
  const find = (part: string) => family.find((pid) => commandOf(pid).includes(part)) ?? 0;
  return { ...runner, members: family, find };
}

/** Tells the runner alone. */
async function endsBy(
  signal: NodeJS.Signals,
  runner: DevRunner & { members: readonly number[] },
): Promise<void> {
  runner.process.kill(signal);
  expect(await runner.ended, signal).toBe(0);
  expect(await stillRunning(runner.members), signal).toEqual([]);
}

/** What the Worker answers who calls it by another name: fetch has no say in that. */
async function statusAs(name: string, port: number): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  get({ host: "127.0.0.1", port, path: "/healthz", headers: { host: `${name}:${port}` } }, (response) => {
    response.resume();
    resolve(response.statusCode);
  }).on("error", reject);
  return promise;
}

const cacheStatus = async (url: string) => (await fetch(url)).headers.get("cache-status");

describe("npm run dev", () => {
  it("serves the seeded catalogue, fires the cron, ends on Ctrl-C, and goes on where it was", async () => {
    const first = await startReady({ by: "npm" });
    expect(first.output()).toContain(`Worker      ${first.url}`);
    expect(first.output()).toContain(`Redis REST  http://127.0.0.1:${first.redisPort} (token: local)`);
    const product = `${first.url}/v1/products/1`;
    expect(await cacheStatus(product)).toBe("sedge; fwd=miss; stored");
    expect(await cacheStatus(product)).toMatch(/^sedge; hit/);
    await vi.waitFor(async () => {
      const { lastScheduledRunAgeSeconds } = await (
        await fetch(`${first.url}/readyz`)
      ).json<{ lastScheduledRunAgeSeconds: number | null }>();
      expect(lastScheduledRunAgeSeconds).not.toBeNull();
    });
    const changed = await fetch(product, {
      method: "PATCH",
      headers: { authorization: "Bearer sedge-local", "content-type": "application/json" },
      body: JSON.stringify({ price: 4242 }),
    });
    expect(changed.status).toBe(200);
    expect(await statusAs("example.com", first.port), "a name made to resolve to this machine").toBe(403);
    expect(await statusAs("localhost", first.port)).toBe(200);
    expect(await (await fetch(product)).json()).toMatchObject({ price: 4242 });

    const post = async (path: string, body: object) =>
      fetch(`${first.url}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", origin: first.url },
        body: JSON.stringify(body),
      });
    const ada = { email: "ada@example.com", password: "correct horse battery" };
    expect((await post("/v1/users", { ...ada, name: "Ada" })).status).toBe(201);
    const cookie = (await post("/v1/sessions", ada)).headers.get("set-cookie") ?? "";
    expect(cookie, "one that plain http carries").toMatch(/^session=[\w-]{81};(?!.*Secure)/);
    const [token = ""] = cookie.split(";");
    expect((await fetch(`${first.url}/v1/session`, { headers: { cookie: token } })).status).toBe(200);

    // A terminal tells all of the foreground: npm, its shell and the runner; what runs under the guard is not told.
    const told = first.members.filter((pid) => /\bnpm\b|^sh |local\/dev\.ts/.test(commandOf(pid)));
    for (const pid of told) process.kill(pid, "SIGINT");
    await first.ended;
    expect(await stillRunning(first.members)).toEqual([]);
    expect(existsSync(join(stateDir, "redis.snapshot"))).toBe(true);

    const second = await startReady();
    const again = await fetch(`${second.url}/v1/products/1`);
    expect(again.headers.get("cache-status")).toMatch(/^sedge; hit/);
    expect(await again.json()).toMatchObject({ price: 4242 });
    await endsBy("SIGINT", second);
  });

  it("runs beside another one, refuses that one's ports and data by name, and ends when it is told", async () => {
    const first = await startReady();
    const otherState = await mkdtemp(join(tmpdir(), "sedge-dev-"));
    try {
      const sameWorkerPort = await start({ stateDir: otherState, env: { PORT: String(first.port) } });
      expect(await sameWorkerPort.ended).toBe(1);
      expect(sameWorkerPort.output()).toBe(
        `PORT: port ${first.port} on 127.0.0.1 is taken: stop what listens there, or choose another.\n`,
      );

      const redisPort = String(first.redisPort);
      const sameRedisPort = await start({ stateDir: otherState, env: { REDIS_REST_PORT: redisPort } });
      expect(await sameRedisPort.ended).toBe(1);
      expect(sameRedisPort.output()).toBe(
        `REDIS_REST_PORT: port ${redisPort} on 127.0.0.1 is taken: stop what listens there, or choose another.\n`,
      );

      const sameState = await start();
      expect(await sameState.ended).toBe(1);
      expect(sameState.output()).toContain(stateDir);
      expect(sameState.output().trim().split("\n"), "a message without a stack").toHaveLength(1);

      const second = await startReady({ stateDir: otherState });
      expect((await fetch(`${second.url}/v1/products/2`)).status).toBe(200);
      expect((await fetch(`${first.url}/v1/products/2`)).status).toBe(200);
      await endsBy("SIGTERM", first);
      await endsBy("SIGHUP", second);
    } finally {
      await rm(otherState, { recursive: true, force: true });
    }
  });

  it("ends all of it when npm is told to end", async () => {
    const runner = await startReady({ by: "npm" });
    runner.process.kill("SIGTERM");
    expect(await stillRunning(runner.members)).toEqual([]);
  });

  it("leaves nothing running when it is killed outright", async () => {
    const runner = await startReady();
    runner.process.kill("SIGKILL");
    expect(await stillRunning(runner.members)).toEqual([]);
  });

  it.each([
    ["wrangler", "wrangler-dist/cli.js", "wrangler dev died"],
    ["workerd", "--socket-addr=entry=127.0.0.1:PORT", "workerd died"],
  ])("starts the Worker again and says so when %s dies, with what Redis has", async (_, part, message) => {
    const runner = await startReady();
    await fetch(`${runner.url}/v1/products/1`);
    process.kill(runner.find(part.replace("PORT", String(runner.port))), "SIGKILL");
    await vi.waitFor(() => expect(runner.output()).toContain(message), { timeout: 20_000 });
    const again = async () => {
      expect(await cacheStatus(`${runner.url}/v1/products/1`)).toMatch(/^sedge; hit/);
    };
    await vi.waitFor(again, { timeout: 30_000, interval: 100 });
    expect(runner.output()).toMatch(new RegExp(`${message}.*it is started again`));
    const family = runner.family();
    runner.process.kill("SIGTERM");
    expect(await runner.ended).toBe(0);
    expect(await stillRunning([...runner.members, ...family])).toEqual([]);
  });

  it("says which variable is wrong, and starts nothing", async () => {
    const runner = await start({ env: { CRON_EVERY_SECONDS: "often" } });
    expect(await runner.ended).toBe(1);
    expect(runner.output()).toMatch(/^CRON_EVERY_SECONDS must be/);
  });

  it("names REDIS_URL and not its password when that Redis is away", async () => {
    const runner = await start({ env: { REDIS_URL: "redis://:s3cret@127.0.0.1:1" } });
    expect(await runner.ended).toBe(1);
    expect(runner.output()).toContain("REDIS_URL");
    expect(runner.output()).not.toContain("s3cret");
  });

  // Only where there is such a Redis; the other tests of this file need none.
  // A database of its own, number 15: the Worker's keys have the usual prefix here. A Cluster has but one, which is its own.
  it.runIf(redisUrl !== undefined)("stands before the Redis that REDIS_URL names", async () => {
    const url = redisUrl?.includes("+cluster://") ? redisUrl : new URL("/15", redisUrl).href;
    const runner = await startReady({ env: { REDIS_URL: url } });
    expect(runner.output()).toMatch(/Engine .*rediss?(\+cluster)?:\/\/.*unset REDIS_URL/);
    await fetch(`${runner.url}/v1/products/1`);
    expect(await cacheStatus(`${runner.url}/v1/products/1`)).toMatch(/^sedge; hit/);
  });
});
