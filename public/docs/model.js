// What is read of an OpenAPI document.

/**
 * @typedef {object} Schema
 * @property {string} [$ref]
 * @property {string | string[]} [type]
 * @property {string} [format]
 * @property {string} [description]
 * @property {unknown} [const]
 * @property {unknown[]} [enum]
 * @property {unknown} [default]
 * @property {number} [minimum] @property {number} [maximum]
 * @property {number} [minLength] @property {number} [maxLength]
 * @property {number} [minItems] @property {number} [maxItems]
 * @property {Record<string, Schema>} [properties]
 * @property {string[]} [required]
 * @property {Schema} [items]
 * @property {Schema[]} [anyOf] @property {Schema[]} [oneOf]
 * @property {Schema} [not]
 * @property {unknown[]} [examples]
 *
 * @typedef {{ in: "path" | "query" | "header", name: string, required?: boolean, description?: string, schema: Schema }} Parameter
 * @typedef {Record<string, { schema?: Schema, example?: unknown }>} Content by its media type
 * @typedef {{ $ref?: string, description?: string, headers?: Record<string, Header>, content?: Content }} Answer
 * @typedef {{ $ref?: string, description?: string, schema?: Schema }} Header
 *
 * @typedef {object} Described an operation as the document has it
 * @property {string} operationId @property {string} summary @property {string} [description]
 * @property {string[]} tags
 * @property {Record<string, string[]>[]} security
 * @property {Parameter[]} [parameters]
 * @property {{ content: Content }} [requestBody]
 * @property {Record<string, Answer>} responses
 *
 * @typedef {Described & { method: string, path: string, webhook: boolean, parameters: Parameter[] }} Operation
 *
 * @typedef {object} Document
 * @property {{ title: string, description: string }} info
 * @property {{ name: string, description: string }[]} tags
 * @property {Record<string, Record<string, Described>>} paths
 * @property {Record<string, Record<string, Described>>} webhooks
 * @property {Record<string, Record<string, object>>} components
 */

/**
 * The document's parts in its order, each with its operations; last what a webhook's receiver is sent.
 * @param {Document} document
 */
export function partsOf({ tags, paths, webhooks }) {
  const operations = [...operationsOf(paths, false), ...operationsOf(webhooks, true)];
  return tags.map(({ name, description }) => ({
    name,
    description,
    operations: operations.filter((operation) => operation.tags.includes(name)),
  }));
}

/** The order in which parameters are asked for. */
const PLACES = ["path", "query", "header"];

/** @param {Record<string, Record<string, Described>>} paths @param {boolean} webhook @returns {Operation[]} */
const operationsOf = (paths, webhook) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) =>
      Object.assign({}, described, {
        method: method.toUpperCase(),
        path,
        webhook,
        parameters: (described.parameters ?? []).toSorted(
          (a, b) => PLACES.indexOf(a.in) - PLACES.indexOf(b.in),
        ),
      }),
    ),
  );

/**
 * What a `$ref` leads to; anything else is what it is.
 * @template {{ $ref?: string }} T
 * @param {Document} document @param {T} value
 * @returns {T}
 */
export function resolve(document, value) {
  const [kind = "", name = ""] = value.$ref?.split("/").slice(-2) ?? [];
  return value.$ref === undefined ? value : /** @type {T} */ (document.components[kind]?.[name] ?? value);
}

/**
 * Examples of a body: those of its own, or of its schema.
 * @param {Document} document @param {Content[string]} content
 * @returns {unknown[]}
 */
export function examplesOf(document, { example, schema }) {
  if (example !== undefined) return [example];
  return schema === undefined ? [] : (resolve(document, schema).examples ?? []);
}

/** The name that a schema has in the document. @param {Schema} schema */
export const nameOf = ({ $ref }) => $ref?.split("/").at(-1);
