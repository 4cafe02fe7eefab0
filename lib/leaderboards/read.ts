// Reading boards.

import { checkName } from "../keys.ts";
import { AROUND, PAGE, STANDINGS } from "./read-lua.ts";
import { compareRows, pageOf, placeOf, ranked, rowOf, rowsOf, type PageReply, type Row } from "./records.ts";
import { checkInteger, type LeaderboardsSettings } from "./settings.ts";
import type { Leaderboards, Scope, Standing } from "./types.ts";

/** Places one read answers at most, and boards one merges. */
const MOST_PLACES = 1_000;
const MOST_MERGED = 10;
/** Members whose paths, of 12 nodes below the root, are fetched by one command. */
const STANDINGS_A_COMMAND = 500;

type StandingsReply = [total: number, ...([record: string, before: number, equal: number] | null)[]];

export function createRead({
  redis,
  boards,
  scores,
  ties,
  now,
}: LeaderboardsSettings): Pick<Leaderboards, "page" | "around" | "standing" | "standings" | "merged"> {
  const readPage = (board: string, scope: Scope, first: number, limit: number): Promise<PageReply> =>
    redis.run<PageReply>(PAGE, boards.read(board, scope, now()), [first, first + limit - 1]);

  async function standings(board: string, members: readonly string[], scope: Scope = {}) {
    const [, index] = boards.read(board, scope, now());
    checkInteger(members.length, "the number of members", 0, MOST_PLACES);
    const names = [...new Set(members.map((member) => checkName(member, "member")))];
    const commands = STANDINGS.commands + Math.floor(names.length / STANDINGS_A_COMMAND);
    const [total, ...found] = await redis.run<StandingsReply>({ ...STANDINGS, commands }, [index], names);

    const standing = new Map<Row, Standing>();
    for (const [i, each] of found.entries()) {
      if (each === null) continue;
      const [record, before, equal] = each;
      const row = rowOf(names[i] ?? "", record);
      const percentile = scores.percentile(total, before, equal);
      standing.set(row, { ...placeOf(row, before + 1, scores), percentile });
    }
    const items = [...standing].toSorted(([a], [b]) => compareRows(a, b)).map(([, place]) => place);
    return { total, items };
  }

  return {
    standings,

    async page(board, { offset = 0, limit = 10, ...scope } = {}) {
      checkInteger(offset, "offset", 0, Number.MAX_SAFE_INTEGER - MOST_PLACES);
      checkInteger(limit, "limit", 1, MOST_PLACES);
      return pageOf(await readPage(board, scope, offset, limit), scores);
    },

    async around(board, member, { limit = 11, ...scope } = {}) {
      checkInteger(limit, "limit", 1, MOST_PLACES);
      const reply = await redis.run<PageReply | null>(
        { ...AROUND, commands: ties === "earlier" ? 5 : 4 },
        boards.read(board, scope, now()),
        [checkName(member, "member"), limit, ties],
      );
      return reply === null ? null : pageOf(reply, scores);
    },

    async standing(board, member, scope) {
      const { total, items } = await standings(board, [member], scope);
      const [item] = items;
      return item === undefined ? null : { ...item, total };
    },

    async merged(names, { offset = 0, limit = 10, ...scope } = {}) {
      checkInteger(names.length, "the number of boards", 1, MOST_MERGED);
      checkInteger(offset, "offset", 0, MOST_PLACES - 1);
      checkInteger(limit, "limit", 1, MOST_PLACES - offset);
      // Who is among the first so many of all is among the first so many of the board that counts for them.
      const depth = offset + limit;
      const replies = await Promise.all(names.map((board) => readPage(board, scope, 0, depth)));
      const all = replies.flatMap((reply, i) => rowsOf(reply).map((row) => ({ row, board: names[i] ?? "" })));

      const first = new Map<string, (typeof all)[number]>();
      for (const each of all.toSorted((a, b) => compareRows(a.row, b.row))) {
        if (!first.has(each.row.member)) first.set(each.row.member, each);
      }
      const merged = [...first.values()].slice(0, depth);
      const places = ranked(
        merged.map(({ row }) => row),
        0,
        0,
        scores,
      );
      return places.map((place, i) => Object.assign(place, { board: merged[i]?.board ?? "" })).slice(offset);
    },
  };
}
