import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Period } from "../../../lib/leaderboards/index.ts";
import { createClock } from "../../support/cache.ts";
import { startRedis, type TestRedis } from "../../support/redis.ts";
import { createModel } from "./model.ts";
import { openLeaderboards } from "./open.ts";

let target: TestRedis;
beforeAll(async () => {
  target = await startRedis();
});
afterAll(() => target.close());

let rounds = 0;
const KINDS = (["descending", "ascending"] as const).flatMap((order) =>
  (["name", "earlier"] as const).map((ties) => ({ order, ties })),
);

const member = fc.constantFrom("a", "b", "c", "d", "e", "f", "B", "a:1", "~", "-");
const mode = fc.constantFrom("best", "latest", "sum");
const data = fc.option(fc.oneof(fc.string(), fc.integer()), { nil: undefined });
/** Few scores, so that there are equals. */
const few = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(0.5, -0.5, 1e-9));
const someUpdates = fc.array(fc.record({ member, score: few, data }), { minLength: 1, maxLength: 8 });

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("update" as const), mode, updates: someUpdates }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("remove" as const), member }) },
  {
    weight: 2,
    // Twelve of them stay within the 30 days a day is kept.
    arbitrary: fc.record({ kind: fc.constant("wait" as const), hours: fc.nat(59) }),
  },
);

describe.each(KINDS)("a $order board, $ties first among equals", ({ order, ties }) => {
  test("answers as a plain model does, after any updates, removals and nights, in every period", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 12 }),
        fc.nat(10),
        fc.integer({ min: 1, max: 11 }),
        async (steps, offset, limit) => {
          rounds += 1;
          const board = `model:${rounds}`;
          const clock = createClock(Date.UTC(2026, 11, 27, 22));
          const model = createModel({ order, ties });
          const boards = openLeaderboards(target, { order, ties, now: clock.now });
          const started = clock.now();

          const answers: unknown[] = [];
          const rightAnswers: unknown[] = [];
          for (const each of steps) {
            if (each.kind === "wait") clock.advance(each.hours * 3_600);
            if (each.kind === "remove") {
              model.remove(each.member);
              await boards.remove(board, each.member);
            }
            if (each.kind === "update") {
              const changed = each.updates.map((update) => model.update(clock.now(), each.mode, update));
              answers.push(await boards.updateMany(board, each.updates, { mode: each.mode }));
              const now = model.places(undefined, clock.now()).map(({ place }) => place);
              const items = each.updates.map(({ member: name }, i) => {
                const { score, rank } = now.find((place) => place.member === name) ?? {};
                return { member: name, score, rank, changed: changed[i] };
              });
              rightAnswers.push({ kind: "updated", items });
            }
          }
          expect(answers).toEqual(rightAnswers);

          const scopes: { period?: Period; at?: number }[] = [{}];
          for (const period of ["day", "week", "month"] as const)
            scopes.push({ period }, { period, at: started });
          for (const scope of scopes) {
            const right = model.places(scope.period, scope.at ?? clock.now());
            const places = right.map(({ place }) => place);
            const total = places.length;
            const [page, standings, around] = await Promise.all([
              boards.page(board, { ...scope, offset, limit }),
              boards.standings(board, ["a", "b", "c", "d", "nobody"], scope),
              boards.around(board, "a", { ...scope, limit }),
            ]);
            expect(page).toEqual({ total, items: places.slice(offset, offset + limit) });
            expect(standings).toEqual({
              total,
              items: right
                .filter(({ place }) => "abcd".includes(place.member))
                .map(({ place, percentile }) => Object.assign({ percentile }, place)),
            });
            const at = places.findIndex((place) => place.member === "a");
            const first = Math.max(0, Math.min(at - Math.floor(limit / 2), total - limit));
            expect(around).toEqual(at < 0 ? null : { total, items: places.slice(first, first + limit) });
          }
        },
      ),
      { numRuns: 15 },
    );
  }, 60_000);
});

/** Scores of every size: neighbours, powers of two, fractions, the ends. */
const any = fc.oneof(
  fc.integer({ min: -50, max: 50 }),
  fc.integer({ min: 0, max: 1_000_000 }),
  fc.maxSafeInteger(),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.double({ min: -1e-300, max: 1e-300, noNaN: true }),
  fc.nat(53).map((bits) => -(2 ** Math.min(bits, 52))),
);

test("hundreds of scores of every size are ranked as a sort ranks them, coming and going", async () => {
  const round = fc.array(fc.tuple(fc.nat(400), any), { minLength: 100, maxLength: 400 });
  await fc.assert(
    fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 3 }), fc.nat(400), async (updates, seed) => {
      rounds += 1;
      const board = `wide:${rounds}`;
      const boards = openLeaderboards(target, { periods: {} });
      const model = new Map<string, number>();
      for (const batch of updates) {
        for (const [i, score] of batch) model.set(`m${i}`, score + 0);
        await boards.updateMany(
          board,
          batch.map(([i, score]) => ({ member: `m${i}`, score })),
          { mode: "latest" },
        );
      }
      const leaving = Array.from({ length: 40 }, (_, i) => `m${seed + i}`);
      await Promise.all(leaving.map((each) => boards.remove(board, each)));
      for (const each of leaving) model.delete(each);
      const scores = [...model.values()];
      const rankOf = (score: number) => 1 + scores.filter((other) => other > score).length;
      const { total, items } = await boards.standings(board, [...model.keys()]);
      expect(total).toBe(model.size);
      expect(items).toHaveLength(model.size);
      for (const { member: name, score, rank } of items) {
        expect([name, score]).toEqual([name, model.get(name)]);
        expect(rank, name).toBe(rankOf(score));
      }
      const offset = seed % 350;
      const page = await boards.page(board, { offset, limit: 20 });
      for (const { score, rank } of page.items) expect(rank).toBe(rankOf(score));
    }),
    { numRuns: 5 },
  );
}, 60_000);

test("a board whose last member is gone leaves no key", async () => {
  const boards = openLeaderboards(target, { ties: "earlier" });
  const updates = Array.from({ length: 100 }, (_, i) => ({ member: `m${i}`, score: i * 1.37 }));
  await boards.updateMany("emptied", updates);
  const removed = await Promise.all(updates.map(({ member: name }) => boards.remove("emptied", name)));
  expect(removed.every(Boolean)).toBe(true);
  expect(await boards.remove("emptied", "m0")).toBe(false);
  const [keys] = await target.engine.pipeline([
    [Buffer.from("KEYS"), Buffer.from(`${target.prefix}:leaderboard:{emptied}*`)],
  ]);
  expect(keys).toEqual([]);
});
