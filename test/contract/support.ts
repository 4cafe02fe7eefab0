// What the contract's tests share: a server, the client before it, and transcripts of raw commands.

import { Redis } from "@upstash/redis";
import { afterAll, expect, test } from "vitest";
import { startRedis } from "../support/redis.ts";

/** A command's name and arguments, `@` before each key: `SET @k v`. As an array where an argument has a space. */
type Line = string | readonly (string | number)[];

/** What the raw REST answer must be: a result, or a pattern that its error matches. */
export type Step = readonly [command: Line, expected: unknown];

const server = await startRedis();
afterAll(() => server.close());

export const { url, token } = server;

/** A key, channel or pattern of this file alone. The hash tag keeps them all in one slot of a Cluster. */
export const key = (name: string): string => `${server.prefix}{c}:${name}`;

/** The client as it comes, except that it does not try again: a failure is to show at once. */
export const createClient = (options: ConstructorParameters<typeof Redis>[0] | object = {}): Redis =>
  new Redis({ url, token, retry: { retries: 0 }, ...options });

export const redis: Redis = createClient();

interface Answer {
  result?: unknown;
  error?: string;
}

/** Posts a body as JSON and reads the answer. */
export async function post<T = Answer>(path: string, body: unknown): Promise<T> {
  const response = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  return (await response.json()) as T;
}

const withKeys = (line: Line): (string | number)[] =>
  (typeof line === "string" ? line.split(" ") : line).map((argument) =>
    typeof argument === "string" && argument.startsWith("@") ? key(argument.slice(1)) : argument,
  );

/** Runs one command raw. */
export const send = (line: Line): Promise<Answer> => post("/", withKeys(line));

/** Runs one command raw and returns its result. */
export async function run<T = unknown>(line: Line): Promise<T> {
  const { result, error } = await send(line);
  if (error !== undefined) throw new Error(error);
  return result as T;
}

/** A test that runs the commands one after the other and compares each answer. */
export function transcript(name: string, steps: readonly Step[]): void {
  // oxlint-disable-next-line vitest/valid-title -- the name is the caller's
  test(name, async () => {
    await expect(follow(steps)).resolves.toBeUndefined();
  });
}

const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

/** Runs the commands one after the other and compares each answer. */
export async function follow(steps: readonly Step[]): Promise<void> {
  for (const [line, expected] of steps) {
    const { result, error } = await send(line);
    const wanted: unknown = expected instanceof RegExp ? matching(expected) : expected;
    expect(expected instanceof RegExp ? error : (error ?? result), String(line)).toEqual(wanted);
  }
}

const asJson = (value: unknown): string => JSON.stringify(value);
const byCode = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** An array of these, in whatever order. */
export const anyOrder = (items: readonly unknown[]) => ({
  asymmetricMatch: (actual: unknown) =>
    Array.isArray(actual) &&
    actual.map(asJson).toSorted(byCode).join() === items.map(asJson).toSorted(byCode).join(),
  toString: () => "anyOrder",
  toAsymmetricMatcher: () => `anyOrder ${JSON.stringify(items)}`,
});

/** An integer of this range. */
export const between = (low: number, high: number) => ({
  asymmetricMatch: (actual: unknown) =>
    Number.isInteger(actual) && Number(actual) >= low && Number(actual) <= high,
  toString: () => "between",
  toAsymmetricMatcher: () => `an integer from ${low} to ${high}`,
});

/** What Redis says to a command on a key of another type. */
export const WRONG_TYPE = /^WRONGTYPE Operation against a key holding the wrong kind of value$/;
