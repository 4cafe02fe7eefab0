import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createProject, type Project } from "./support/project.ts";
import { run } from "./support/run.ts";

/** What a project is that uses Upstash and has never heard of Sedge's patterns. */
const PROGRAM = `
import { Ratelimit } from "@upstash/ratelimit";
import { Redis } from "@upstash/redis";

const redis = new Redis({ url: process.argv[2], token: "local" });
const key = process.argv[3];
await redis.set(key, { greeting: "hello" });
const [counted, read] = await redis.pipeline().incrby(key + ":n", 5).get(key).exec();
const [, set] = await redis.multi().hset(key + ":h", { a: 1, b: "two" }).hgetall(key + ":h").exec();
const limits = {};
for (const [name, limiter] of Object.entries({
  fixed: Ratelimit.fixedWindow(2, "1 h"),
  sliding: Ratelimit.slidingWindow(2, "1 h"),
  bucket: Ratelimit.tokenBucket(2, "1 h", 2),
})) {
  const limit = new Ratelimit({ redis, limiter, prefix: key + name, ephemeralCache: false });
  limits[name] = [];
  for (let i = 0; i < 3; i += 1) limits[name].push((await limit.limit("ada")).success);
}
console.log(JSON.stringify({ counted, read, set, limits }));
`;

let project: Project;
let server: ChildProcess;
let ended: Promise<unknown>;
let url: string | undefined;

beforeAll(async () => {
  project = await createProject("@upstash/redis", "@upstash/ratelimit");
  await writeFile(join(project.folder, "program.js"), PROGRAM);
  server = spawn("npx", ["--no-install", "sedge-redis"], {
    cwd: project.folder,
    env: {
      ...process.env,
      REDIS_REST_PORT: "0",
      UPSTASH_REDIS_REST_TOKEN: "",
      SEDGE_STATE: "",
      REDIS_URL: "",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  ended = once(server, "exit");
  for await (const line of createInterface({ input: server.stdout as NodeJS.ReadableStream })) {
    url = /http:\/\/\S+/.exec(line)?.[0];
    if (url !== undefined) return;
  }
  throw new Error("sedge-redis ended without saying where it listens");
});

afterAll(async () => {
  server?.kill("SIGTERM");
  await ended;
  await project?.remove();
});

it("npx sedge-redis answers @upstash/redis, and @upstash/ratelimit works on it", async () => {
  const key = `test:${Date.now()}:`;
  const said = await run(project.folder, process.execPath, ["program.js", url ?? "", key]);
  const twoOfThree = [true, true, false];
  expect(JSON.parse(said)).toEqual({
    counted: 5,
    read: { greeting: "hello" },
    set: { a: 1, b: "two" },
    limits: { fixed: twoOfThree, sliding: twoOfThree, bucket: twoOfThree },
  });
});

it("npx sedge-redis ends with the npx that started it", async () => {
  server.kill("SIGTERM");
  await ended;
  await expect.poll(() => fetch(url ?? "").then(String, () => "gone"), { timeout: 5_000 }).toBe("gone");
});
