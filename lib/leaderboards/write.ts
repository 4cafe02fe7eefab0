// Bringing scores onto boards, and taking members and boards away.

import { encode } from "../codec.ts";
import { checkName } from "../keys.ts";
import { REMOVE } from "./read-lua.ts";
import { checkInteger, type LeaderboardsSettings } from "./settings.ts";
import type { Leaderboards, ScoreUpdate, Updated, UpdateMode } from "./types.ts";
import { UPDATE } from "./update-lua.ts";

const MOST_UPDATES = 1_000;
/** Fields of an index that one command of a script fetches or changes, and nodes on the path of one value. */
const FIELDS_A_COMMAND = 7_000;
const NODES_A_PATH = 13;

type Reply = ["out-of-range", string] | ["updated", ...(string | number)[]];

/** Commands beyond the first that so many fields take. */
const further = (fields: number): number => Math.floor(fields / FIELDS_A_COMMAND);

/** The commands UPDATE is billed as, at most, on boards of which each is full, and each period begins. */
function commandsOf(updates: number, boards: number, ties: "name" | "earlier"): number {
  // A value each before and after, and as many that fall off, and ten: see UPDATE.
  const nodes = NODES_A_PATH * (3 * updates + 10);
  const more = further(nodes) + further(2 * (nodes + updates)) + further(nodes + updates + 10);
  return 1 + boards * (10 + (ties === "earlier" ? 1 : 0) + more) + 2 * (boards - 1);
}

export function createWrite({
  redis,
  boards,
  scores,
  ties,
  maxMembers,
  now,
}: LeaderboardsSettings): Pick<Leaderboards, "update" | "updateMany" | "remove" | "delete"> {
  async function updateMany(
    board: string,
    updates: readonly ScoreUpdate[],
    { mode = "best" }: { mode?: UpdateMode } = {},
  ): ReturnType<Leaderboards["updateMany"]> {
    const written = boards.written(board, now());
    checkInteger(updates.length, "the number of updates", 0, MOST_UPDATES);
    const args = updates.flatMap(({ member, score, data }) => [
      checkName(member, "member"),
      scores.valueOf(score),
      data === undefined ? "" : encode(data),
    ]);
    if (updates.length === 0) return { kind: "updated", items: [] };

    const [kind, ...answers] = await redis.run<Reply>(
      { ...UPDATE, commands: commandsOf(updates.length, written.length, ties) },
      written.flatMap(({ keys }) => keys),
      [mode, maxMembers, ties, updates.length, ...args, ...written.map(({ lastsMs }) => lastsMs)],
    );
    if (kind === "out-of-range") return { kind, member: String(answers[0]) };
    const items = updates.map(({ member }, i): Updated => {
      const [value, before, changed] = answers.slice(3 * i, 3 * i + 3).map(Number);
      return {
        member,
        score: scores.scoreOf(value ?? 0),
        rank: before === undefined || before < 0 ? null : before + 1,
        changed: changed === 1,
      };
    });
    return { kind: "updated", items };
  }

  return {
    updateMany,

    async update(board, { mode = "best", ...update }) {
      const answer = await updateMany(board, [update], { mode });
      if (answer.kind === "out-of-range") return answer;
      return { kind: "updated", ...(answer.items[0] as Updated) };
    },

    async remove(board, member) {
      const kept = boards.kept(board, now());
      const wasOn = await redis.run<number>({ ...REMOVE, commands: 1 + 6 * kept.length }, kept.flat(), [
        checkName(member, "member"),
      ]);
      return wasOn > 0;
    },

    async delete(board) {
      const keys = boards.kept(board, now()).flat();
      await redis.send((pipeline) => pipeline.unlink(...keys));
    },
  };
}
