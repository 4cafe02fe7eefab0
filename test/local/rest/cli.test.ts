import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { end, type Env, fail, holdBack, newest, start, stateDir } from "./program.ts";

describe("the first lines", () => {
  test("say address, token, engine, data, and how to use a real Redis", async () => {
    const { banner, url, run } = await start();
    expect(banner).toContain(`Redis over REST (Upstash's protocol): ${url}\n`);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(banner).toMatch(/^ {2}token {3}local$/m);
    expect(banner).toMatch(/^ {2}engine {2}embedded \(js-redis-server .*\)$/m);
    expect(banner).toContain(`  data    ${stateDir} (SEDGE_STATE)`);
    expect(banner).toContain("REDIS_URL=redis://127.0.0.1:6379");
    expect(await run("PING")).toEqual({ result: "PONG" });
  });

  test("do not show a token of one's own", async () => {
    const { banner, run } = await start({ UPSTASH_REDIS_REST_TOKEN: "very-secret" });
    expect(banner).not.toContain("very-secret");
    expect(banner).toContain("from UPSTASH_REDIS_REST_TOKEN");
    expect(await run("PING")).toEqual({ result: "PONG" });
  });

  // Only where there is such a Redis; without one the banner names the embedded engine, above.
  test.runIf(process.env["REDIS_URL"])("name the Redis behind", async () => {
    const { banner } = await start({ REDIS_URL: process.env["REDIS_URL"] ?? "" });
    expect(banner).toMatch(/^ {2}engine {2}rediss?(\+cluster)?:\/\/.* \(.*\d+\.\d+.*\)$/m);
    expect(banner).toMatch(/^ {2}data {4}kept by that Redis$/m);
  });
});

describe("an error names what to change, without a stack, and ends with 1", () => {
  test("a taken port", async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    await once(holder, "listening");
    const address = holder.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const { stdout, stderr, code } = await fail({ REDIS_REST_PORT: String(port) });
    holder.close();
    expect(stderr).toBe(
      `Port ${port} on 127.0.0.1 is taken: stop what listens there, or choose another by REDIS_REST_PORT.\n`,
    );
    expect([stdout, code]).toEqual(["", 1]);
  });

  test.each<[string, Env]>([
    ["REDIS_REST_PORT", { REDIS_REST_PORT: "80a" }],
    ["REDIS_REST_PORT", { REDIS_REST_PORT: "65536" }],
    ["REDIS_REST_PORT", { REDIS_REST_PORT: "-1" }],
    ["REDIS_REST_HOST", { REDIS_REST_HOST: "203.0.113.1" }],
    ["UPSTASH_REDIS_REST_TOKEN", { UPSTASH_REDIS_REST_TOKEN: "very secret" }],
    ["UPSTASH_REDIS_REST_TOKEN", { REDIS_REST_HOST: "0.0.0.0" }],
    ["REDIS_URL", { REDIS_URL: "http://user:secret@127.0.0.1" }],
    ["REDIS_URL", { REDIS_URL: "redis://user:secret@127.0.0.1:1" }],
  ])("%s in %j", async (variable, env) => {
    const { stderr, code } = await fail(env);
    expect(stderr).toContain(variable);
    expect(stderr).not.toContain("secret");
    expect(stderr).not.toMatch(/^ +at /m);
    expect(code).toBe(1);
  });
});

test("--help says what can be set; any other argument is refused, and does not start it", async () => {
  const help = await end(["--help"]);
  expect(help.stdout).toContain("REDIS_REST_PORT");
  expect([help.stderr, help.code]).toEqual(["", 0]);
  const port = await end(["--port=9000"]);
  expect(port.stderr).toMatch(/^There is no --port=9000\.\n[^]*REDIS_REST_PORT/);
  expect([port.stdout, port.code]).toEqual(["", 1]);
});

test("an empty variable counts as unset", async () => {
  const { banner } = await start({ REDIS_REST_HOST: "", UPSTASH_REDIS_REST_TOKEN: "", REDIS_URL: "" });
  expect(banner).toMatch(/^ {2}token {3}local$/m);
});

describe("ending", () => {
  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("%s ends with 0, streams or not", async (signal) => {
    const { child, url, exited } = await start();
    const stream = await fetch(`${url}/subscribe/ch?_token=local`);
    await stream.body?.getReader().read();
    child.kill(signal);
    expect(await exited).toEqual([0, null]);
    await expect(fetch(url)).rejects.toThrow("fetch failed");
  });

  test("a second signal within the moment is the echo of the first", async () => {
    const { child, url, exited } = await start();
    const upload = await holdBack(url);
    // Of two kinds, because the system may deliver two of one kind as one.
    child.kill("SIGINT");
    child.kill("SIGTERM");
    expect(await exited).toEqual([0, null]);
    await upload.ended;
  });

  test("a second signal after that ends at once", async () => {
    const { child, url, exited } = await start();
    const upload = await holdBack(url);
    const again = setInterval(() => child.kill("SIGINT"), 20);
    const [code] = await exited;
    clearInterval(again);
    await upload.ended;
    expect(code).toBe(1);
  });

  test.each([
    ["Ctrl-C in a terminal", "SIGINT", -1],
    ["kill of npm", "SIGTERM", 1],
  ] as const)("npm run redis: %s leaves nothing behind", async (_, signal, sign) => {
    const { child, url, run, exited } = await start({}, ["npm", "run", "redis", "--silent"]);
    expect(await run("SET", "k", "v")).toEqual({ result: "OK" });
    process.kill(sign * (child.pid ?? 0), signal);
    await exited;
    await expect.poll(() => fetch(url).then(String, () => "gone"), { timeout: 5000 }).toBe("gone");
  });
});

describe("data of the embedded engine", () => {
  test("survives an end and a new start", async () => {
    const first = await start();
    await first.run("SET", "k", "kept");
    await first.run("ZADD", "z", "1.5", "m");
    first.child.kill("SIGTERM");
    await first.exited;
    const second = await start();
    expect(await second.run("GET", "k")).toEqual({ result: "kept" });
    expect(await second.run("ZSCORE", "z", "m")).toEqual({ result: "1.5" });
  });

  test("written by a second before survives a kill", async () => {
    const first = await start();
    const before = newest();
    await first.run("SET", "k", "kept");
    await expect.poll(newest, { timeout: 5000 }).toBeGreaterThan(before);
    first.child.kill("SIGKILL");
    await first.exited;
    const second = await start();
    expect(await second.run("GET", "k")).toEqual({ result: "kept" });
  });
});
