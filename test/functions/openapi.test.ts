import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { createApp } from "../../functions/app.ts";
import { PROBLEMS, problemType, type ProblemSlug } from "../../functions/http/problems.ts";
import { DOCUMENTATION, openApiOf } from "../../functions/openapi.ts";
import { pages } from "../../functions/openapi/pages.ts";
import { readSources } from "../../scripts/architecture/sources.ts";
import { startRedis } from "../support/redis.ts";
import { createHarness, KEYS, problemOf } from "./support/harness.ts";
import { OPENAPI_FILE, readOpenApi } from "./support/openapi.ts";

interface Body {
  content?: Record<string, { schema?: { $ref?: string } }>;
}
interface Operation {
  operationId: string;
  summary?: string;
  tags: string[];
  security: Record<string, string[]>[];
  parameters?: { in: string; name: string; required?: boolean; schema: Record<string, unknown> }[];
  requestBody?: Body;
  responses: Record<string, Body & { $ref?: string }>;
}
interface Document {
  openapi: string;
  tags: { name: string; description?: string }[];
  paths: Record<string, Record<string, Operation>>;
  webhooks: Record<string, { post: Operation }>;
  components: {
    schemas: Record<string, { additionalProperties?: boolean; examples?: unknown[]; properties?: object }>;
    responses: Record<string, { content: Record<string, { example: { type: string } }> }>;
    securitySchemes: Record<string, unknown>;
  };
}

const app = createApp({
  services: () => {
    throw new Error("not called");
  },
  log: () => undefined,
});
const document = readOpenApi<Document>();
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([verb, operation]) => {
    const method = verb.toUpperCase();
    return { name: `${method} ${path}`, path, method, operation };
  }),
);
/** Without what the assets answer. */
const routes = operations.filter(({ name }) => !(name in pages));

/** The names of a body's schemas. */
const named = (body: Body | undefined): string[] =>
  Object.values(body?.content ?? {}).flatMap(({ schema }) => schema?.$ref?.split("/").at(-1) ?? []);

describe("/openapi.json", () => {
  test("is up to date; `npm run openapi` writes it", async () => {
    expect(JSON.parse(JSON.stringify(await openApiOf(app)))).toEqual(document);
    expect(readFileSync(OPENAPI_FILE, "utf8")).toBe(`${JSON.stringify(document, null, 2)}\n`);
  });

  test("is not in the Worker, nor is what makes it", async () => {
    const sources = new Map(
      (await readSources(dirname(dirname(import.meta.dirname)))).map(({ path, imports }) => [path, imports]),
    );
    const reached = new Set<string>();
    const reach = (path: string): void => {
      if (reached.has(path)) return;
      reached.add(path);
      sources.get(path)?.forEach(reach);
    };
    reach("functions/index.ts");
    expect(reached).toContain("functions/counters/schemas.ts");
    expect([...reached].filter((path) => /documentation\.ts$|openapi/.test(path))).toEqual([]);
  });

  test("lists every route and method there is, and no other", () => {
    const there = app.routes
      .filter(({ method }) => method !== "ALL")
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`);
    const documented = operations.map(({ name }) => name);
    expect(documented.toSorted()).toEqual([...new Set([...there, ...Object.keys(pages)])].toSorted());
  });

  test("cannot be made with a route that nothing is said of, nor of one that is not there", async () => {
    const { "GET /healthz": health, ...others } = DOCUMENTATION;
    await expect(openApiOf(app, others)).rejects.toThrow("GET /healthz has no documentation");
    if (health === undefined) throw new Error("no health");
    await expect(openApiOf(app, { ...DOCUMENTATION, "GET /health": health })).rejects.toThrow(
      "There is no route GET /health",
    );
  });

  test("gives every operation an id of its own, a summary, a part that is described, and its answers", () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const parts = new Set(document.tags.filter(({ description }) => description).map(({ name }) => name));
    for (const { operation } of operations) {
      expect(operation.summary).toBeTruthy();
      expect(operation.tags.filter((tag) => parts.has(tag))).toHaveLength(1);
      expect(Object.keys(operation.responses).length).toBeGreaterThan(0);
    }
    expect(new Set(operations.flatMap(({ operation }) => operation.tags))).toEqual(parts);
  });

  test("names the scope of every route that needs a key, and says who needs none", async () => {
    const redis = await startRedis();
    const harness = createHarness({ redis, prefix: `${redis.prefix}openapi` });
    const found: Record<string, unknown> = {};
    for (const { name, path, method } of routes) {
      const call = (headers: Record<string, string> = {}) =>
        harness.request(path.replaceAll(/\{\w+\}/g, "1"), { method, headers });
      const unknown = await call();
      const powerless = await call({ Authorization: `Bearer ${KEYS.none}` });
      const scope =
        powerless.status === 403
          ? /scope ([\w:]+)\.$/.exec((await problemOf(powerless)).detail ?? "")?.[1]
          : undefined;
      found[name] = unknown.status === 401 ? (scope ?? "a session") : null;
    }
    await redis.close();
    expect(found).toEqual(
      Object.fromEntries(
        routes.map(({ name, operation: { security } }) => [
          name,
          security.length === 0 ? null : (security[0]?.["key"]?.[0] ?? "a session"),
        ]),
      ),
    );
    expect(document.components.securitySchemes).toMatchObject({ key: { type: "http", scheme: "bearer" } });
  });

  test("says of every answer below /v1 which headers tell of limits and cost", () => {
    for (const { path, operation } of operations.filter(({ path: at }) => at.startsWith("/v1/"))) {
      for (const [status, response] of Object.entries(operation.responses)) {
        const { headers } = (
          response.$ref === undefined
            ? response
            : document.components.responses[response.$ref.split("/").at(-1) ?? ""]
        ) as { headers: object };
        expect(Object.keys(headers), `${path} ${status}`).toEqual(
          expect.arrayContaining(["X-Request-Id", "RateLimit-Policy", "RateLimit", "Server-Timing"]),
        );
      }
    }
  });

  test("has an example of every body that is sent or answered", () => {
    const names = operations.flatMap(({ operation: { requestBody, responses } }) =>
      named(requestBody).concat(Object.values(responses).flatMap(named)),
    );
    expect(names.length).toBeGreaterThan(70);
    expect(names.filter((name) => document.components.schemas[name]?.examples === undefined)).toEqual([]);
  });

  test("has a body's schema, which allows no other field, with examples", () => {
    const { schema } =
      document.paths["/v1/products"]?.["post"]?.requestBody?.content?.["application/json"] ?? {};
    expect(schema?.$ref).toBe("#/components/schemas/NewProduct");
    const { NewProduct } = document.components.schemas;
    expect(NewProduct?.additionalProperties).toBe(false);
    expect(NewProduct?.examples).toHaveLength(1);
    expect(Object.keys(NewProduct?.properties ?? {})).toEqual(["name", "price", "category"]);
  });

  test("has what a list and a path take", () => {
    const list = document.paths["/v1/products"]?.["get"]?.parameters ?? [];
    expect(list.map(({ in: where, name }) => `${where} ${name}`)).toEqual([
      "header If-None-Match",
      "query category",
      "query limit",
      "query cursor",
    ]);
    expect(list.find(({ name }) => name === "limit")).toMatchObject({
      schema: { type: "integer", minimum: 1, maximum: 100 },
    });
    expect(list.every(({ required }) => required !== true)).toBe(true);
    expect(document.paths["/v1/products/{id}"]?.["get"]?.parameters).toContainEqual(
      expect.objectContaining({ in: "path", name: "id", required: true }),
    );
  });

  test("says what a webhook's receiver gets, and what it is verified by", () => {
    const { parameters, requestBody } = document.webhooks["event"]?.post ?? {};
    expect(parameters?.map(({ in: where, name, required }) => [where, name, required])).toEqual([
      ["header", "webhook-id", true],
      ["header", "webhook-timestamp", true],
      ["header", "webhook-signature", true],
    ]);
    expect(requestBody?.content?.["application/json"]?.schema?.$ref).toBe("#/components/schemas/Event");
  });
});

describe("every kind of error", () => {
  const errors = readFileSync(join(import.meta.dirname, "../../docs/errors.md"), "utf8");

  test.each(Object.keys(PROBLEMS) as ProblemSlug[])("%s is documented where its type leads", (slug) => {
    // A quota's is IANA's.
    const page =
      slug === "quota-exceeded"
        ? "https://iana.org/assignments/http-problem-types"
        : "https://github.com/sedge-redis/sedge/blob/main/docs/errors.md";
    expect(problemType(slug)).toBe(`${page}#${slug}`);
    expect(errors.split("\n")).toContain(`## ${slug}`);
    expect(errors).toContain(`**${PROBLEMS[slug].status}**`);
    // Who asks with a method that is there is never told that it is not.
    if (slug === "method-not-allowed") return;
    const { content } = document.components.responses[slug] ?? {};
    expect(content?.["application/problem+json"]?.example.type).toBe(problemType(slug));
  });
});
