import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PROBLEMS, problemType, type ProblemSlug } from "../../functions/http/problems.ts";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startRedis, type TestRedis } from "../support/redis.ts";
import { createHarness, type Harness } from "./support/harness.ts";

interface Operation {
  operationId: string;
  summary?: string;
  security?: Record<string, string[]>[];
  parameters?: { in: string; name: string; required?: boolean; schema: Record<string, unknown> }[];
  requestBody?: { content: Record<string, { schema: { $ref?: string } }> };
  responses: Record<string, { $ref?: string; description?: string; content?: Record<string, unknown> }>;
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, { additionalProperties?: boolean; examples?: unknown[]; properties?: object }>;
    responses: Record<string, { content: Record<string, { example: { type: string } }> }>;
    securitySchemes: Record<string, unknown>;
  };
}

let redis: TestRedis;
let harness: Harness;
let document: Document;

beforeAll(async () => {
  redis = await startRedis();
  harness = createHarness({ redis, prefix: `${redis.prefix}openapi` });
  document = await (await harness.request("/openapi.json")).json<Document>();
});
afterAll(async () => redis.close());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

describe("/openapi.json", () => {
  test("is OpenAPI 3.1", () => {
    expect(document.openapi).toBe("3.1.0");
  });

  test("lists every route and method there is, and no other", () => {
    const routes = harness.app.routes
      .filter(({ method }) => method !== "ALL")
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`);
    const documented = operations().map(({ path, method }) => `${method.toUpperCase()} ${path}`);
    expect(documented.toSorted()).toEqual([...new Set(routes)].toSorted());
  });

  test("gives every operation an id of its own, a summary and its answers", () => {
    const ids = operations().map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { operation } of operations()) {
      expect(operation.summary).toBeTruthy();
      expect(Object.keys(operation.responses).length).toBeGreaterThan(0);
    }
  });

  test("names the scope of every route that needs a key, and only of those", async () => {
    for (const { path, method, operation } of operations()) {
      const response = await harness.request(path.replace("{id}", "1"), { method: method.toUpperCase() });
      expect(operation.security !== undefined, `${method} ${path}`).toBe(response.status === 401);
    }
    expect(document.paths["/v1/products"]?.["post"]?.security).toEqual([{ key: ["products:write"] }]);
    expect(document.components.securitySchemes).toMatchObject({ key: { type: "http", scheme: "bearer" } });
  });

  test("has a body's schema, which allows no other field, with examples", () => {
    const { schema } =
      document.paths["/v1/products"]?.["post"]?.requestBody?.content["application/json"] ?? {};
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

  test("points at nothing that it has not", () => {
    const text = JSON.stringify(document);
    for (const [, kind = "", name = ""] of text.matchAll(/"#\/components\/(\w+)\/([\w-]+)"/g)) {
      expect(document.components, `${kind}/${name}`).toHaveProperty([kind, name]);
    }
    expect(text).not.toContain("undefined");
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
    const { content } = document.components.responses[slug] ?? {};
    expect(content?.["application/problem+json"]?.example.type).toBe(problemType(slug));
  });
});
