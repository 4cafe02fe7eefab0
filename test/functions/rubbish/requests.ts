// Malformed requests: each a well-formed one, broken in one to three ways. The same seed gives the same ones.

import { createRandom, type Random } from "../../local/engines/differential/random.ts";
import { brokenBody } from "./body.ts";
import { urlOf, wellFormed, type Body, type Draft, type Operation } from "./operations.ts";
import { SECRET } from "./values.ts";
import { HEADERS, METHODS, STRAY_SEGMENTS, UNKNOWN_PARAMETERS, URL_PARTS } from "./wire.ts";

export type Caller = "nobody" | "key" | "session" | "key and session";

/** One more often than the others: most routes need a key, and some a session. */
const CALLERS: readonly Caller[] = ["key", "key and session", "session", "key and session", "nobody"];

export interface Rubbish {
  /** For people: which request of which seed, and what is in it. */
  readonly told: string;
  readonly operation: Operation;
  readonly caller: Caller;
  readonly url: string;
  readonly init: { method: string; headers: Record<string, string>; body?: Body; duplex?: "half" };
}

type Break = (draft: Draft, random: Random) => void;

const breakBody: Break = (draft, random) => {
  // Also where none is expected.
  draft.body =
    draft.operation.examples.length > 0 ? brokenBody(draft.operation, random) : `{"a":"${SECRET}"}`;
};

const breakPath: Break = (draft, random) => {
  const { path } = draft.operation;
  const places = path.split("/").slice(1);
  const named = places.flatMap((place, i) => (place.startsWith("{") ? [i] : []));
  const any = places.map((_, i) => i);
  const at = random.pick(named.length > 0 && random.chance(0.9) ? named : any);
  draft.segments[at] = random.pick(URL_PARTS);
};

/** A segment too many, in the place of another or beside it: mostly no route then. */
const breakRoute: Break = ({ segments }, random) => {
  segments.splice(random.integer(0, segments.length), random.integer(0, 1), random.pick(STRAY_SEGMENTS));
};

const breakQuery: Break = (draft, random) => {
  const known = draft.operation.parameters.filter(({ in: where }) => where === "query");
  const name =
    known.length > 0 && random.chance(0.8) ? random.pick(known).name : random.pick(UNKNOWN_PARAMETERS);
  const value = random.pick(URL_PARTS);
  draft.query = draft.query.filter(([other]) => other !== name);
  draft.query.push([name, value]);
  if (random.chance(0.2)) draft.query.push([name, random.chance(0.5) ? value : random.pick(URL_PARTS)]);
};

const breakHeaders: Break = (draft, random) => {
  const known = draft.operation.parameters.filter(({ in: where }) => where === "header");
  const name =
    known.length > 0 && random.chance(0.7) ? random.pick(known).name : random.pick(Object.keys(HEADERS));
  draft.headers[name] = random.pick(HEADERS[name] ?? []);
};

const breakMethod: Break = (draft, random) => {
  draft.method = random.pick(METHODS);
};

/** What is to be broken, as often as it stands here. */
function breaksOf({ examples, parameters }: Operation): Break[] {
  const has = (where: string): boolean => parameters.some((parameter) => parameter.in === where);
  return [
    breakHeaders,
    ...(has("header") ? [breakHeaders] : []),
    ...(examples.length > 0 ? Array.from({ length: 6 }, () => breakBody) : []),
    ...(has("path") ? [breakPath, breakPath] : []),
    ...(has("query") ? Array.from({ length: 4 }, () => breakQuery) : []),
    ...(has("path") || has("query") || examples.length > 0 ? [] : [breakBody, breakPath, breakQuery]),
  ];
}

const shownOf = (body: Body | undefined): string =>
  body instanceof ReadableStream ? "a body that breaks off" : String(body);

/**
 * @param ids of what there is, so that a call does not fail for want of it
 * @returns the request of a number, whichever were made before
 */
export function createRubbish(operations: readonly Operation[], seed: number, ids: readonly string[]) {
  return function rubbish(number: number): Rubbish {
    const random = createRandom(Math.imul(seed, 65_537) + number);
    const operation = operations[number % operations.length] ?? random.pick(operations);
    const caller = CALLERS[Math.floor(number / operations.length) % CALLERS.length] ?? "nobody";
    const draft = wellFormed(operation, random, ids);
    for (let left = random.pick([1, 1, 1, 2, 2, 3]); left > 0; left -= 1) {
      const broken = random.chance(0.05)
        ? random.pick([breakMethod, breakRoute])
        : random.pick(breaksOf(operation));
      broken(draft, random);
    }
    const { method, headers } = draft;
    const url = urlOf(draft);
    // A Request holds no body with these.
    const body = method === "GET" || method === "HEAD" ? undefined : draft.body;
    const shown = [url, JSON.stringify(headers), shownOf(body).slice(0, 300)].join(" ");
    return {
      told: `seed ${seed}, request ${number}, ${caller}: ${method} ${shown}`,
      operation,
      caller,
      url,
      init: {
        method,
        headers,
        ...(body !== undefined && { body }),
        ...(body instanceof ReadableStream && { duplex: "half" }),
      },
    };
  };
}
