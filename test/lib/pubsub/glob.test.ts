import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMatcher } from "../../../lib/pubsub/index.ts";
import { startRedis, type TestRedis } from "../../support/redis.ts";
import { globCases } from "./glob-cases.ts";
import { ask } from "./open.ts";

const RECORDED = "recorded/glob.txt";

let target: TestRedis;
beforeAll(async () => {
  target = await startRedis();
});
afterAll(() => target.close());

/** Which names reach which pattern, as PSUBSCRIBE of this file's Redis says it: for each pattern its names. */
async function bySubscribing(patterns: readonly string[], names: readonly string[]) {
  const before = `${target.prefix}glob:`;
  const end = `${target.prefix}end`;
  const reached = new Map<string, string[]>(patterns.map((pattern) => [pattern, []]));
  await new Promise<void>((resolve, reject) => {
    const published = async () => {
      const unsubscribe = await target.engine.subscribe(
        "psubscribe",
        [...patterns.map((pattern) => before + pattern), end],
        ({ pattern, channel }) => {
          if (channel === end) {
            unsubscribe();
            resolve();
          } else reached.get((pattern ?? "").slice(before.length))?.push(channel.slice(before.length));
        },
      );
      for (const name of names) await ask(target.engine, "PUBLISH", before + name, "");
      await ask(target.engine, "PUBLISH", end, "");
    };
    published().catch(reject);
  });
  return reached;
}

const byMatching = (pattern: string, names: readonly string[]): string[] =>
  names.filter(createMatcher(pattern));

/** A matrix as it is recorded: a line for each pattern, with a 1 for each name that it reached. */
const recordOf = (names: readonly string[], reached: ReadonlyMap<string, readonly string[]>): string =>
  [
    names.join(" "),
    ...[...reached].map(
      ([pattern, own]) => `${pattern} ${names.map((name) => (own.includes(name) ? 1 : 0)).join("")}`,
    ),
  ].join("\n");

describe("a pattern", () => {
  const { patterns, names } = globCases(1, 250, 40);

  test("reaches the names that it reached by PSUBSCRIBE of Redis 7.0.15: 10,000 recorded answers", async () => {
    const matched = new Map(patterns.map((pattern) => [pattern, byMatching(pattern, names)]));
    const recorded = await readFile(join(import.meta.dirname, RECORDED), "utf8");
    expect(recordOf(names, matched)).toBe(recorded);
  });

  // Only a real Redis may write the record, with `-u`.
  test.runIf(process.env["REDIS_URL"])("is recorded as this Redis has it", async () => {
    const reached = await bySubscribing(patterns, names);
    await expect(recordOf(names, reached)).toMatchFileSnapshot(RECORDED);
  });

  test("reaches the names that it reaches by PSUBSCRIBE here: 60,000 made by chance", async () => {
    const seed = Math.floor(Math.random() * 2 ** 32);
    const { patterns: some, names: others } = globCases(seed, 300, 200);
    const reached = await bySubscribing(some, others);
    let matches = 0;
    for (const pattern of some) {
      const expected = reached.get(pattern) ?? [];
      expect(byMatching(pattern, others), `seed ${seed}, pattern ${pattern}`).toEqual(expected);
      matches += expected.length;
    }
    expect(matches).toBeGreaterThan(1_000);
  });

  test.each([
    ["user:*", "user:42:events"],
    ["*", "user:events"],
    ["user:?", "user:1"],
    ["user:[0-4]*", "user:31"],
    ["user\\:events", "user:events"],
    ["**:**", ":"],
  ])("%s reaches %s", (pattern, name) => {
    expect(createMatcher(pattern)(name)).toBe(true);
  });

  test("with many stars takes no exponential time", () => {
    const name = "a".repeat(20_000);
    expect(createMatcher(`${"a*".repeat(60)}b`)(name)).toBe(false);
    expect(createMatcher(`${"*a".repeat(60)}*b*`)(name)).toBe(false);
    expect(createMatcher(`${"*a".repeat(60)}*`)(name)).toBe(true);
  });
});
