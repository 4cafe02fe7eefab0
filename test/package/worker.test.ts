import { createTestHarness } from "wrangler";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { startFaultProxy, startRedis, type FaultProxy } from "../support/redis.ts";
import { createExample, type Project } from "./support/project.ts";

let project: Project;
let redis: FaultProxy;
let url: URL;
const opened = new AsyncDisposableStack();

beforeAll(async () => {
  project = await createExample("worker");
  opened.defer(() => project.remove());
  const server = await startRedis();
  opened.defer(() => server.close());
  redis = await startFaultProxy(server.url);
  opened.defer(() => redis.close());
  const harness = createTestHarness({
    root: project.folder,
    workers: [
      {
        configPath: "wrangler.toml",
        vars: { KEY_PREFIX: server.prefix.replace(/:$/, ""), DEVELOPMENT: "true" },
        secrets: { UPSTASH_REDIS_REST_URL: redis.url, UPSTASH_REDIS_REST_TOKEN: server.token },
      },
    ],
  });
  opened.defer(() => harness.close());
  ({ url } = await harness.listen());
});
afterEach(() => {
  redis.mode = "pass";
});
afterAll(() => opened.disposeAsync());

const get = (path: string, cookie = "") => fetch(new URL(path, url).href, { headers: { cookie } });
const post = (path: string, headers: Record<string, string> = {}) =>
  fetch(new URL(path, url).href, { method: "POST", headers });

describe("the example Worker, with the package installed from its tarball", () => {
  it("has the right types", async () => {
    await expect(project.checkTypes()).resolves.toBeUndefined();
  });

  it("answers an article from its origin first and from the cache then, under a limit, in one trip", async () => {
    const first = await (await get("/articles/1")).json();
    expect(first).toMatchObject({ article: { title: "Article 1" }, from: "miss", reader: null });
    redis.reset();
    const second = await get("/articles/1");
    expect(await second.json()).toEqual({ ...(first as object), from: "hit" });
    expect(second.headers.get("ratelimit")).toMatch(/^"everyone";r=\d+;t=\d+$/);
    expect(second.headers.get("server-timing")).toContain("trips=1");
    expect(redis.requests).toBe(1);
  });

  it("knows who is signed in, in the same trip, and takes no sign-in from another site", async () => {
    expect((await post("/session/ada", { origin: "https://evil.example" })).status).toBe(403);
    const signedIn = await post("/session/ada");
    expect(signedIn.status).toBe(201);
    const [cookie = ""] = (signedIn.headers.get("set-cookie") ?? "").split(";");
    await get("/articles/1");
    redis.reset();
    expect(await (await get("/articles/1", cookie)).json()).toMatchObject({ from: "hit", reader: "ada" });
    expect(redis.requests).toBe(1);
  });

  it("reads articles from their origin while Redis is away, and knows nobody", async () => {
    redis.mode = "refuse";
    expect(await (await get("/articles/1")).json()).toMatchObject({ from: "bypass", reader: null });
    const unknown = await get("/articles/1", `session=${"A".repeat(81)}`);
    expect([unknown.status, unknown.headers.get("retry-after")]).toEqual([503, "1"]);
    redis.mode = "pass";
    await vi.waitFor(async () => {
      expect(await (await get("/articles/1")).json()).toMatchObject({ from: "hit" });
    }, 10_000);
  });
});
