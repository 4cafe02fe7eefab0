// /v1/leaderboards: leaderboards over HTTP.

import { Hono } from "hono";
import { requireScope } from "./http/authorize.ts";
import { jsonBody } from "./http/body.ts";
import type { AppEnv } from "./http/environment.ts";
import { limitPublic } from "./http/limits.ts";
import { problem } from "./http/problems.ts";
import { valid } from "./http/validation.ts";
import { placeOf } from "./leaderboards/answers.ts";
import { boardQuery, scopeOf, scopeQuery } from "./leaderboards/query.ts";
import { boardName, memberName, scoreBatch, scoreUpdate } from "./leaderboards/schemas.ts";

export const leaderboards = new Hono<AppEnv>()
  .get("/:board", limitPublic(), valid("param", boardName), valid("query", boardQuery), async (c) => {
    const { leaderboards: boards } = c.var.services;
    const { board } = c.req.valid("param");
    const { around, members, offset = 0, limit, ...scope } = c.req.valid("query");
    const of = scopeOf(scope);

    const read = () => {
      if (members !== undefined) return boards.standings(board, members, of);
      if (around !== undefined) return boards.around(board, around, { ...of, limit: limit ?? 11 });
      return boards.page(board, { ...of, offset, limit: limit ?? 10 });
    };
    const page = await read();
    if (page === null) throw notOnBoard();
    return c.json({ board, total: page.total, items: page.items.map(placeOf) }, 200);
  })

  .get(
    "/:board/members/:member",
    limitPublic(),
    valid("param", memberName),
    valid("query", scopeQuery),
    async (c) => {
      const { board, member } = c.req.valid("param");
      const of = scopeOf(c.req.valid("query"));
      const standing = await c.var.services.leaderboards.standing(board, member, of);
      if (standing === null) throw notOnBoard();
      const { score, rank, percentile, total } = standing;
      return c.json({ member, score, rank, percentile, total }, 200);
    },
  )

  .put(
    "/:board/members/:member",
    requireScope("leaderboards:write"),
    jsonBody(),
    valid("param", memberName),
    valid("json", scoreUpdate),
    async (c) => {
      const { board, member } = c.req.valid("param");
      const update = await c.var.services.leaderboards.update(board, { ...c.req.valid("json"), member });
      if (update.kind === "out-of-range") throw outOfRange("score");
      const { score, rank, changed } = update;
      return c.json({ member, score, rank, changed }, 200);
    },
  )

  .post(
    "/:board/scores",
    requireScope("leaderboards:write"),
    jsonBody(),
    valid("param", boardName),
    valid("json", scoreBatch),
    async (c) => {
      const { mode, items } = c.req.valid("json");
      const { board } = c.req.valid("param");
      const update = await c.var.services.leaderboards.updateMany(board, items, { mode });
      if (update.kind === "out-of-range") {
        throw outOfRange(`items.${items.findIndex(({ member }) => member === update.member)}.score`);
      }
      return c.json({ items: update.items }, 200);
    },
  )

  .delete(
    "/:board/members/:member",
    requireScope("leaderboards:write"),
    valid("param", memberName),
    async (c) => {
      const { board, member } = c.req.valid("param");
      await c.var.services.leaderboards.remove(board, member);
      return c.body(null, 204);
    },
  )

  .delete("/:board", requireScope("leaderboards:write"), valid("param", boardName), async (c) => {
    await c.var.services.leaderboards.delete(c.req.valid("param").board);
    return c.body(null, 204);
  });

const notOnBoard = () => problem("not-found", { detail: "The member is not on this board." });

/** @param path where in the body the score is */
const outOfRange = (path: string) =>
  problem("conflict", {
    detail: "The sum would leave ±(2^53 − 1), on the board or one of its periods. Nothing has changed.",
    errors: [{ path, message: "is too much for the member's sum" }],
  });
