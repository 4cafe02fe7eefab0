// The API as `app.request()` reaches it: real services on a REST server, D1 on SQLite in memory.

import { createHash } from "node:crypto";
import { createApp } from "../../../functions/app.ts";
import type { LogEntry } from "../../../functions/log.ts";
import type { MailBinding } from "../../../functions/mail.ts";
import { runScheduled } from "../../../functions/scheduled.ts";
import { scheduledTasks } from "../../../functions/scheduled/tasks.ts";
import { createServices, type Services, type ServicesEnv } from "../../../functions/services.ts";
import { createPasswords, type Passwords } from "../../../lib/passwords.ts";
import { createTestSql, type TestSql } from "./d1.ts";
import { checkDescribed } from "./described.ts";

export const KEYS = {
  all: "key-with-every-scope",
  products: "key-for-products",
  area: "key-for-all-of-products",
  cache: "key-for-the-cache",
  none: "key-without-a-scope",
};

const entry = (key: string, ...scopes: string[]) => ({
  sha256: createHash("sha256").update(key).digest("hex"),
  scopes,
});

export const API_KEYS = JSON.stringify({
  all: entry(KEYS.all, "*"),
  products: entry(KEYS.products, "products:write"),
  area: entry(KEYS.area, "products:*"),
  cache: entry(KEYS.cache, "cache:write"),
  none: entry(KEYS.none),
});

export interface Harness {
  readonly app: ReturnType<typeof createApp>;
  readonly sql: TestSql;
  readonly env: ServicesEnv;
  readonly logs: LogEntry[];
  /** The mail that was sent, in order. */
  readonly mails: Parameters<MailBinding["send"]>[0][];
  /** As `fetch`, on the app. Throws where the answer is not as /openapi.json says. */
  request(path: string, init?: RequestInit): Promise<Response>;
  /** With a JSON body, and the key that has every scope unless `headers` say otherwise. */
  send(method: string, path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Adds a product to D1, past the API. @returns its id */
  seed(product?: { name?: string; price?: number; category?: string }): number;
  /** Resolves when all work behind answers has ended. */
  settled(): Promise<void>;
  /** Runs the scheduled function, and what it starts. */
  fireScheduled(): Promise<void>;
}

export interface HarnessOptions {
  redis: { url: string; token: string };
  /** In front of every key: another for each test, so that none sees another's entries. */
  prefix: string;
  sql?: TestSql;
  env?: Partial<ServicesEnv>;
  /** Replaces services of a request. */
  adapt?: (services: Services) => Services;
  redisTimeoutMs?: number;
  /** By default such that cost next to nothing. */
  passwords?: Passwords;
}

/** One isolate. Several on the same `prefix` and `sql` are a Worker in several places. */
export function createHarness({
  redis,
  prefix,
  sql = createTestSql(),
  env: overrides = {},
  adapt = (services) => services,
  // A busy machine is not a Redis that is away.
  redisTimeoutMs = 5_000,
  passwords = createPasswords({ logN: 1, r: 1, p: 1 }),
}: HarnessOptions): Harness {
  const logs: LogEntry[] = [];
  const mails: Harness["mails"] = [];
  const behind = new Set<Promise<unknown>>();
  const log = (line: LogEntry): void => void logs.push(line);
  const open = createServices({ log, redisTimeoutMs, passwords });
  const env: ServicesEnv = {
    UPSTASH_REDIS_REST_URL: redis.url,
    UPSTASH_REDIS_REST_TOKEN: redis.token,
    API_KEYS,
    CORS_ORIGINS: "https://shop.example, https://admin.example",
    KEY_PREFIX: prefix,
    // Few tests are about limits.
    LIMITS: "development",
    // No test asks the internet for a name.
    WEBHOOKS_LOCAL: "true",
    CF_VERSION_METADATA: { id: "version-1", tag: "", timestamp: "2026-11-01T00:00:00Z" },
    DB: sql,
    MAIL: { send: async (mail) => void mails.push(mail) },
    MAIL_FROM: "sedge@example.com",
    ...overrides,
  };
  const services = (): Services => adapt(open(env, (work) => void behind.add(work)));
  const app = createApp({ services, log });
  const request: Harness["request"] = async (path, init) => {
    const answer = await app.request(path, init);
    await checkDescribed(init?.method ?? "GET", path, answer);
    return answer;
  };

  async function settled(): Promise<void> {
    while (behind.size > 0) {
      const work = [...behind];
      behind.clear();
      await Promise.all(work);
    }
  }

  return {
    app,
    sql,
    env,
    logs,
    mails,
    request,
    send: (method, path, body, headers = {}) =>
      request(path, {
        method,
        body: typeof body === "string" ? body : JSON.stringify(body),
        headers: {
          "Content-Type": "application/json",
          Authorization: `Bearer ${KEYS.all}`,
          ...headers,
        },
      }),
    seed: ({ name = "Walnut desk", price = 48_900, category = "furniture" } = {}) => {
      const row = sql.sqlite
        .prepare("UPDATE sequences SET next = next + 1 WHERE name = 'products' RETURNING next - 1 AS id")
        .get() as { id: number };
      sql.sqlite
        .prepare("INSERT INTO products (id, name, price, category, updated_at) VALUES (?, ?, ?, ?, ?)")
        .run(row.id, name, price, category, "2026-11-02T09:30:00.000Z");
      return row.id;
    },
    settled,
    async fireScheduled() {
      await runScheduled({ tasks: scheduledTasks(services()), log });
      await settled();
    },
  };
}

export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail?: string;
  instance?: string;
  errors?: { path: string; message: string }[];
}

/** The body of an error, which must be problem+json. */
export async function problemOf(response: Response): Promise<ProblemBody> {
  const type = response.headers.get("Content-Type");
  if (type !== "application/problem+json")
    throw new Error(`not a problem: ${response.status} ${String(type)}`);
  return await response.json<ProblemBody>();
}
