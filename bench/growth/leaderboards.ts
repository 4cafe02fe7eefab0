// A leaderboard without periods. A tenth of its members share one score, so that pages begin among equals.

import { createLeaderboards } from "../../lib/leaderboards/index.ts";
import { WRITE_INDEX } from "../../lib/leaderboards/index-lua.ts";
import { createBoards } from "../../lib/leaderboards/keys.ts";
import type { Bench } from "../harness/bench.ts";
import { opener, requireSame, type Subject } from "./subject.ts";

const BATCH = 2_500;
const PAGE = 10;

const scoreOf = (i: number): number => (i % 10 === 0 ? 500_000_000 : (i * 2_654_435_761) % 1_000_000_007);
const boardOf = (size: number): string => `of:${size}`;
const memberOf = (size: number, i: number): string => `m${(i * 7_919) % size}`;

/**
 * What `updateMany` writes, by the library's own code of the index; but in the order of the scores, and without looking for
 * earlier ones or answering with ranks, which is most of its work.
 *
 *   KEYS[1] places  KEYS[2] index  ARGV[…] member and value of each
 */
const FILL = `${WRITE_INDEX}
local index, scores, set, values = openIndex(KEYS[2]), {}, {}, {}
for i = 1, #ARGV, 2 do
  values[#values + 1] = tonumber(ARGV[i + 1])
  scores[i], scores[i + 1] = ARGV[i + 1], ARGV[i]
  set[i], set[i + 1] = ARGV[i], ARGV[i + 1] .. '  '
end
index.fetch(values)
for _, value in ipairs(values) do index.add(value, 1) end
redis.call('ZADD', KEYS[1], unpack(scores))
index.write(set, {})
`;

export function leaderboards(bench: Bench): Subject {
  const open = opener(bench);
  const boards = () => createLeaderboards({ redis: open(), periods: {} });
  const keysOf = createBoards({ prefix: "sedge", periods: {} });

  return {
    elements: "members",

    async fill(size) {
      const keys = keysOf.read(boardOf(size), {}, 0);
      const scores = Float64Array.from({ length: size }, (_, i) => scoreOf(i));
      const byScore = Uint32Array.from({ length: size }, (_, i) => i).toSorted(
        (a, b) => (scores[b] ?? 0) - (scores[a] ?? 0),
      );
      for (let from = 0; from < size; from += BATCH) {
        const batch = [...byScore.subarray(from, from + BATCH)].flatMap((i) => [
          `m${i}`,
          String(-scoreOf(i)),
        ]);
        await bench.redis.client.eval(FILL, keys.length, ...keys, ...batch);
      }
      for (const at of [0, 1, Math.floor(size / 2), size - 1]) {
        const rank = scores.filter((score) => score > scoreOf(at)).length + 1;
        const found = await boards().standing(boardOf(size), `m${at}`);
        requireSame(
          `m${at} of ${size}`,
          [found?.rank, found?.score, found?.total],
          [rank, scoreOf(at), size],
        );
      }
    },

    operations: [
      {
        title: `leaderboard: page of ${PAGE}`,
        run: (size, i) =>
          boards().page(boardOf(size), { offset: (i * 104_729) % (size - PAGE), limit: PAGE }),
      },
      {
        title: "leaderboard: own rank and percentile",
        run: (size, i) => boards().standing(boardOf(size), memberOf(size, i)),
      },
      {
        title: "leaderboard: around me",
        run: (size, i) => boards().around(boardOf(size), memberOf(size, i)),
      },
      {
        title: "leaderboard: update",
        run: (size, i) =>
          boards().update(boardOf(size), {
            member: memberOf(size, i),
            score: scoreOf(i + 7),
            mode: "latest",
          }),
      },
    ],
  };
}
