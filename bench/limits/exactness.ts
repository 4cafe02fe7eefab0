// How exact the limits are, side by side.

import type { Bench } from "../harness/bench.ts";
import type { Table } from "../harness/table.ts";
import { BURST_LIMIT, mostAcrossABorder, type Entry } from "./border.ts";
import type { Contender } from "./contender.ts";
import { flexible } from "./flexible.ts";
import { honoRateLimiter } from "./hono-rate-limiter.ts";
import { exactnessOf, type Exactness } from "./quota.ts";
import { sedge } from "./sedge.ts";
import { upstashRatelimit } from "./upstash.ts";

const OURS = sedge({ name: "Sedge" });
const OURS_WITH_PERMITS = sedge({ name: "Sedge, permits in advance", permits: 1_000 });
const CONTENDERS: readonly Contender[] = [
  OURS,
  OURS_WITH_PERMITS,
  upstashRatelimit(),
  upstashRatelimit({ told: ", cachedFixedWindow", isCached: true }),
  honoRateLimiter(),
  flexible(),
];

interface Row extends Entry, Exactness {
  readonly across: number;
}

const isOurs = ({ contender }: Entry): boolean => contender === OURS || contender === OURS_WITH_PERMITS;

/** @throws where Sedge is not as exact as it promises */
function check(row: Row): void {
  if (!isOurs(row)) return;
  const { contender, algorithm, passed, lostToWeight, lostToOthers, across } = row;
  const isExact = contender === OURS ? passed === 100 : passed <= 100;
  const lost = (lostToWeight ?? 0) + lostToOthers;
  const most = algorithm === "sliding" ? BURST_LIMIT : 2 * BURST_LIMIT;
  if (!isExact || lost > 0 || across > most) {
    throw new Error(
      `${contender.name}, ${algorithm}: ${passed} of 100 passed, ${lost} lost, ${across} in a window.`,
    );
  }
}

export async function exactness(bench: Bench): Promise<Table> {
  const entries = CONTENDERS.flatMap((contender) =>
    contender.algorithms.map((algorithm) => ({ contender, algorithm })),
  );
  const across = await mostAcrossABorder(bench, entries);
  const rows: Row[] = [];
  for (const [i, entry] of entries.entries()) {
    const row: Row = {
      ...entry,
      ...(await exactnessOf(bench, entry.contender, entry.algorithm)),
      across: across[i] ?? 0,
    };
    check(row);
    rows.push(row);
  }

  return {
    title: "How exact",
    columns: [
      "",
      "passed: 10 isolates, 300 calls, limit 100",
      "lost of 3 left: a call of 5 refused",
      "lost of 24: another limit refused",
      `most within a window: burst over a border, limit ${BURST_LIMIT}`,
    ],
    rows: rows.map((row) => {
      const ours = rows.find(({ contender, algorithm }) => contender === OURS && algorithm === row.algorithm);
      const isAhead = !isOurs(row) && ours !== undefined && row.across < ours.across;
      return [
        `${row.contender.name}, ${row.algorithm}`,
        String(row.passed),
        row.lostToWeight === null ? "no" : String(row.lostToWeight),
        String(row.lostToOthers),
        isAhead ? `**${row.across}**` : String(row.across),
      ];
    }),
    note:
      "*Lost* is quota that a refused call has used up. *no*: its calls have no weight. The 24 are two limits of three, " +
      "by 4 refused calls, with each of the three as the one that refuses: three middlewares one behind the other lose " +
      "nothing of those that were not asked. A fixed window lets twice its limit pass over a border by its nature. With " +
      "permits in advance fewer than the limit may pass: what an isolate holds and does not spend comes back later.",
  };
}
