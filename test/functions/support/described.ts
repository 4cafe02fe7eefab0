// Holds answers to what /openapi.json says of them: status, headers, and each field of a body.

import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { pages } from "../../../functions/openapi/pages.ts";
import { readOpenApi } from "./openapi.ts";

interface Described {
  headers?: Record<string, unknown>;
  content?: Record<string, unknown>;
}
interface Document {
  paths: Record<string, Record<string, { responses: Record<string, Described | { $ref: string }> }>>;
  components: { responses: Record<string, Described> };
}

/** Headers of HTTP itself, of CORS, and what stands on every answer: they are no part of what an operation says. */
const PLAIN =
  /^(?:content-type|content-length|cache-control|vary|allow|access-control-.+|x-accel-buffering|x-content-type-options)$/;

const document = closed(readOpenApi<Document>());
const ajv = new Ajv2020({ strict: false, allErrors: true }).addSchema(document, "openapi.json");
formats.default(ajv);

const templates = Object.keys(document.paths)
  // Assets, which the app does not answer.
  .filter((path) => !(`GET ${path}` in pages))
  // What is written out stands before what is a parameter, as in the router.
  .toSorted((a, b) => a.split("{").length - b.split("{").length)
  .map((path) => ({ path, pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`) }));

/**
 * @param answer its body is read only where it is JSON, and can still be read by the caller
 * @throws Error where /openapi.json does not say that its operation answers like this
 */
export async function checkDescribed(method: string, url: string, answer: Response): Promise<void> {
  const pathname = new URL(url, "http://localhost").pathname;
  const path = templates.find(({ pattern }) => pattern.test(pathname))?.path;
  const verb = method === "HEAD" ? "get" : method.toLowerCase();
  const responses = document.paths[path ?? ""]?.[verb]?.responses;
  // No route, or another method: 404, 405, or OPTIONS.
  if (path === undefined || responses === undefined) return;

  const fail = (what: string): never => {
    throw new Error(`${method} ${path} answers ${answer.status} ${what}, which /openapi.json does not say`);
  };
  const said = responses[answer.status] ?? fail("");
  const pointer =
    "$ref" in said ? said.$ref.slice(2) : `paths/${escaped(path)}/${verb}/responses/${answer.status}`;
  const { headers = {}, content = {} } = "$ref" in said ? componentOf(said.$ref) : said;

  const known = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  for (const name of answer.headers.keys()) {
    if (!PLAIN.test(name) && !known.has(name)) fail(`with ${name}`);
  }
  const type = answer.headers.get("Content-Type")?.split(";")[0];
  const types = Object.keys(content);
  if (type === undefined ? types.length > 0 && method !== "HEAD" : !types.includes(type)) {
    fail(`with ${type ?? "no body"}`);
  }
  if (!type?.endsWith("json") || method === "HEAD") return;

  const schema = `openapi.json#/${pointer}/content/${escaped(type)}/schema`;
  const validate = ajv.getSchema(schema) ?? fail("with a body");
  const body: unknown = await answer.clone().json();
  if (validate(body) !== true) fail(`with ${JSON.stringify(body)}: ${ajv.errorsText(validate.errors)}`);
}

const componentOf = (ref: string): Described =>
  document.components.responses[ref.split("/").at(-1) ?? ""] ?? {};

const escaped = (segment: string): string =>
  encodeURIComponent(segment.replaceAll("~", "~0").replaceAll("/", "~1"));

/** A copy in which an object has no field but those that are said. */
function closed<T>(value: T): T {
  if (Array.isArray(value)) return value.map(closed) as T;
  if (typeof value !== "object" || value === null) return value;
  const copy: Record<string, unknown> = Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, closed(inner)]),
  );
  if (copy["type"] === "object" && "properties" in copy) copy["additionalProperties"] ??= false;
  return copy as T;
}
