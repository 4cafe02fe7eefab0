// What /openapi.json says can be called, and a well-formed call of each.

import { pages } from "../../../functions/openapi/pages.ts";
import type { Random } from "../../local/engines/differential/random.ts";
import { borderValues } from "./borders.ts";
import { JSON_VALUES } from "./values.ts";

interface Parameter {
  in: "path" | "query" | "header";
  name: string;
  schema: { enum?: string[]; type?: string; format?: string };
}

interface Described {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: { $ref?: string } }> };
  security?: Record<string, string[]>[];
}

export interface Document {
  paths: Record<string, Record<string, Described>>;
  components: { schemas: Record<string, { examples?: unknown[]; properties?: object }> };
}

export interface Operation {
  id: string;
  method: string;
  /** With its parameters in braces. */
  path: string;
  parameters: readonly Parameter[];
  /** Bodies that it takes; none where it takes no body. */
  examples: readonly unknown[];
  /** The fields that a body may have. */
  fields: readonly string[];
  /** What its fields are tried with, as JSON or nearly so. */
  values: readonly string[];
}

/** A stream is a body that breaks off. */
export type Body = string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;

/** A request to be. What stands in `segments` and `query` is as the URL has it: percent-encoded, or wrongly so. */
export interface Draft {
  operation: Operation;
  method: string;
  segments: string[];
  query: [name: string, value: string][];
  headers: Record<string, string>;
  body: Body | undefined;
}

export function operationsOf(document: Document): Operation[] {
  const { paths, components } = document;
  const values = [...JSON_VALUES, ...borderValues(document)];
  const routes = Object.entries(paths).filter(([path]) => !(`GET ${path}` in pages));
  return routes.flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, parameters = [], requestBody }]): Operation => {
      const name = requestBody?.content["application/json"]?.schema.$ref?.split("/").at(-1);
      const { examples = [], properties = {} } = components.schemas[name ?? ""] ?? {};
      if (requestBody !== undefined && examples.length === 0)
        throw new Error(`${operationId} has no example`);
      return {
        id: operationId,
        method: method.toUpperCase(),
        path,
        parameters,
        examples,
        fields: Object.keys(Object.assign({}, properties, ...examples)),
        values,
      };
    }),
  );
}

/** A call that nothing is wrong with, but for who calls. @param ids of what there is */
export function wellFormed(operation: Operation, random: Random, ids: readonly string[]): Draft {
  const { method, path, parameters, examples } = operation;
  const valueOf = ({ schema }: Parameter): string => {
    if (schema.enum !== undefined) return random.pick(schema.enum);
    if (schema.format === "date") return "2026-11-01";
    return schema.type === "integer" ? "10" : random.pick(ids);
  };
  return {
    operation,
    method,
    segments: path
      .split("/")
      .slice(1)
      .map((segment) => (segment.startsWith("{") ? random.pick(ids) : segment)),
    query: parameters
      .filter(({ in: where }) => where === "query" && random.chance(0.3))
      .map((parameter) => [parameter.name, valueOf(parameter)]),
    headers: {
      ...(examples.length > 0 && { "Content-Type": "application/json" }),
      ...(parameters.some(({ name }) => name === "Idempotency-Key") &&
        random.chance(0.5) && { "Idempotency-Key": "rubbish" }),
    },
    body: examples.length > 0 ? JSON.stringify(random.pick(examples)) : undefined,
  };
}

/** The request that a draft is. */
export const urlOf = ({ segments, query }: Draft): string =>
  `/${segments.join("/")}${query.length === 0 ? "" : `?${query.map((pair) => pair.join("=")).join("&")}`}`;
