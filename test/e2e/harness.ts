// The Worker as wrangler builds it, in workerd: with a D1 database of its own that is migrated and seeded, and a Redis that can
// be taken away.

import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { createTestHarness } from "wrangler";
import { seedStatements } from "../../local/seed/sql.ts";
import { type FaultProxy, startFaultProxy, startRedis } from "../support/redis.ts";

export interface Sedge {
  /** Where the Worker listens. */
  url: URL;
  /** Has every scope. */
  key: string;
  /** Stands between the Worker and Redis; its `mode` takes Redis away. */
  redis: FaultProxy;
  /** Sends a request with a key that has every scope. */
  send: (method: string, path: string, body?: unknown) => Promise<Response>;
  /** Sends a request as anybody. */
  fetch: (path: string, init?: RequestInit) => Promise<Response>;
  /** Fires the scheduled function and waits for its end. */
  fireScheduled: () => Promise<{ outcome: string }>;
  /** The Worker's database, to look behind the cache. */
  database: D1Database;
  close: () => Promise<void>;
}

const KEY = "an-end-to-end-key";

/** Builds and starts the Worker. Takes some seconds. */
export async function startSedge(): Promise<Sedge> {
  await using starting = new AsyncDisposableStack();
  const server = await startRedis();
  starting.defer(() => server.close());
  const redis = await startFaultProxy(server.url);
  starting.defer(() => redis.close());

  const harness = createTestHarness({
    root: dirname(dirname(import.meta.dirname)),
    workers: [
      {
        configPath: "wrangler.toml",
        vars: {
          KEY_PREFIX: server.prefix.replace(/:$/, ""),
          MAIL_FROM: "sedge@example.com",
          WEBHOOKS_LOCAL: "true",
        },
        secrets: {
          UPSTASH_REDIS_REST_URL: redis.url,
          UPSTASH_REDIS_REST_TOKEN: server.token,
          API_KEYS: JSON.stringify({
            e2e: { sha256: createHash("sha256").update(KEY).digest("hex"), scopes: ["*"] },
          }),
        },
      },
    ],
  });
  starting.defer(() => harness.close());
  const { url } = await harness.listen();
  const worker = harness.getWorker<Env>();
  await worker.applyD1Migrations("DB");
  const { DB: database } = await worker.getEnv();
  for (const statement of seedStatements()) await database.prepare(statement).run();

  const running = starting.move();
  const send = (path: string, init?: RequestInit) => fetch(new URL(path, url).href, init);
  return {
    url,
    key: KEY,
    redis,
    database,
    fetch: send,
    send: (method, path, body) =>
      send(path, {
        method,
        headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json" },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    fireScheduled: () => worker.scheduled({ cron: "* * * * *" }),
    close: () => running.disposeAsync(),
  };
}
