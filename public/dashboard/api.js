// Calls of the API, and what each has cost.

import { priceOf } from "./headers.js";

/** Longer than any answer takes that is not a stream. */
const TIMEOUT_MS = 15_000;

/**
 * What is known of a call once it is over.
 * @typedef {object} Call
 * @property {string} method
 * @property {string} path without its query
 * @property {number} status 0 where nothing answered
 * @property {import("./headers.js").Price | null} price
 * @property {number} totalMs as this page has waited
 * @property {boolean} polled whether nobody asked for it
 * @property {Headers} headers
 *
 * @typedef {object} Problem as of RFC 9457
 * @property {string} title
 * @property {string} [detail]
 * @property {{ path: string, message: string }[]} [errors]
 */
/**
 * @template [Body=unknown]
 * @typedef {{ ok: true, body: Body, call: Call }} Success
 */
/**
 * @typedef {{ ok: false, problem: Problem & Record<string, unknown>, call: Call }} Refusal
 */
/**
 * @template [Body=unknown]
 * @typedef {Success<Body> | Refusal} Answer
 */
/**
 * @typedef {object} CallOptions
 * @property {unknown} [body] sent as JSON
 * @property {boolean} [anonymous] without the key: for what anyone may read
 *
 * @typedef {(path: string, options?: CallOptions) => Promise<Answer<any>>} Verb `any`: each caller says what it expects
 * @typedef {{ get: Verb, post: Verb, put: Verb, patch: Verb, remove: Verb }} Api
 */

/**
 * @param {object} options
 * @param {string} options.key
 * @param {(call: Call) => void} options.onCall hears of every call
 * @param {boolean} [options.polled] whether these are calls that nobody asked for
 * @returns {Api}
 */
export function createApi({ key, onCall, polled = false }) {
  /** @param {string} method @returns {Verb} */
  const verb =
    (method) =>
    async (path, { body, anonymous = false } = {}) => {
      const headers = new Headers();
      if (!anonymous) headers.set("Authorization", `Bearer ${key}`);
      if (body !== undefined) headers.set("Content-Type", "application/json");
      const started = performance.now();
      /** @param {Response} [response] @returns {Call} */
      const callOf = (response) => ({
        method,
        path: path.replace(/\?.*/, ""),
        status: response?.status ?? 0,
        price: priceOf(response?.headers.get("Server-Timing")),
        totalMs: performance.now() - started,
        polled,
        headers: response?.headers ?? new Headers(),
      });

      const answer = await fetch(path, {
        method,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
        // The browser's own cache would answer in the place of ours.
        cache: "no-store",
        credentials: "omit",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      }).then(
        (response) => read(response, callOf(response)),
        () => unanswered(callOf()),
      );
      onCall(answer.call);
      return answer;
    };
  return {
    get: verb("GET"),
    post: verb("POST"),
    put: verb("PUT"),
    patch: verb("PATCH"),
    remove: verb("DELETE"),
  };
}

/** @param {Response} response @param {Call} call @returns {Promise<Answer<any>>} */
async function read(response, call) {
  const text = await response.text().catch(() => "");
  /** @type {any} */
  let body = null;
  try {
    if (text !== "") body = JSON.parse(text);
  } catch {
    return { ok: false, problem: { title: "The answer cannot be read" }, call };
  }
  if (response.ok) return { ok: true, body, call };
  return { ok: false, problem: { title: `The answer was ${response.status}`, ...body }, call };
}

/** @param {Call} call @returns {Refusal} */
const unanswered = (call) => ({ ok: false, problem: { title: "The Worker does not answer" }, call });

/**
 * A path whose values are encoded: url`/v1/counters/${name}`.
 * @param {TemplateStringsArray} strings @param {(string | number)[]} values
 */
export const url = (strings, ...values) => String.raw({ raw: strings }, ...values.map(encodeURIComponent));
