// A body, broken.

import type { Random } from "../../local/engines/differential/random.ts";
import type { Body, Operation } from "./operations.ts";
import { EXTRA_FIELDS, HUGE_VALUES, LONG_LIST, SECRET } from "./values.ts";

/**
 * The JSON of a value, with another text where `replaced` has one for the place: an empty one leaves the place out.
 * @param at the place, as `/items/0/score`
 */
function written(value: unknown, replaced: ReadonlyMap<string, string>, at = ""): string {
  const text = replaced.get(at);
  if (text !== undefined) return text;
  if (Array.isArray(value)) {
    const items = value.map((item, i) => written(item, replaced, `${at}/${i}`));
    return `[${items.filter((item) => item !== "").join(",")}]`;
  }
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, part]) => {
    const member = written(part, replaced, `${at}/${key}`);
    return member === "" ? "" : `${JSON.stringify(key)}:${member}`;
  });
  return `{${members.filter((member) => member !== "").join(",")}}`;
}

/** Every place of a value, the whole first. */
function placesOf(value: unknown, at = ""): [at: string, value: unknown][] {
  const parts = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return [[at, value], ...parts.flatMap(([key, part]) => placesOf(part, `${at}/${key}`))];
}

const isRecord = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** One place of a body made wrong: another type, missing, more than there may be. */
function withBrokenPlace(
  example: unknown,
  { fields, values }: Pick<Operation, "fields" | "values">,
  random: Random,
): string {
  const places = placesOf(example);
  const [at, part] = random.pick(places);
  if (Array.isArray(part) && random.chance(0.4)) return written(example, new Map([[at, LONG_LIST]]));
  const kind = random.integer(1, 20);
  if (kind === 1) return written(example, new Map([[at, random.pick(HUGE_VALUES)]]));
  if (kind <= 3) return written(example, new Map([[at, ""]]));
  if (kind <= 4) return written(example, new Map([[at, `[${written(part, new Map())}]`]]));
  if (kind <= 11) return written(example, new Map([[at, random.pick(values)]]));
  // A field that it may have, with a value that it may not have; or one that it has not.
  const [where, record] = random.pick(places.filter(([, value]) => isRecord(value)));
  const field =
    kind <= 16 && where === ""
      ? `${JSON.stringify(random.pick(fields))}:${random.pick(values)}`
      : random.pick(EXTRA_FIELDS);
  const text = written(record, new Map());
  // Last: where a field stands twice, JSON.parse takes the last one.
  return written(example, new Map([[where, `${text.slice(0, -1)}${text === "{}" ? "" : ","}${field}}`]]));
}

const utf16 = (text: string) => new Uint8Array(Buffer.from(`\ufeff${text}`, "utf16le"));

/** Some of a body, and then the connection is gone. */
const brokenOff = (text: string): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode(text)),
    pull: (controller) => controller.error(new TypeError(`Network connection lost near ${SECRET}.`)),
  });

/** A text of JSON that is made none, or comes in another encoding. */
function withBrokenText(text: string, random: Random): Body {
  const invalid = (...bytes: number[]) =>
    new Uint8Array(Buffer.concat([Buffer.from(text.slice(0, -2)), Buffer.from(bytes), Buffer.from('"}')]));
  return random.pick<() => Body>([
    () => "",
    () => " ",
    () => "\0",
    () => SECRET,
    () => text.slice(0, random.integer(0, text.length - 1)),
    () => brokenOff(text.slice(0, random.integer(0, text.length))),
    () => `${text}${text}`,
    () => `${text.slice(0, -1)},}`,
    () => `\ufeff${text}`,
    () => text.replaceAll('"', "'"),
    () => `// ${SECRET}\n${text}`,
    () => " ".repeat(1_100_000),
    () => `name=${SECRET}&price=1`,
    () => utf16(text),
    () => invalid(0xff),
    () => invalid(0xed, 0xa0, 0x80),
    () => invalid(0xc0, 0xaf),
    () => invalid(0xf0, 0x9f),
  ])();
}

/** A body as it should not be. */
export function brokenBody(operation: Operation, random: Random): Body {
  const example = random.pick(operation.examples);
  if (random.chance(0.75)) return withBrokenPlace(example, operation, random);
  return withBrokenText(JSON.stringify(example), random);
}
