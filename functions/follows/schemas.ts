// What follows look like over HTTP.

import * as v from "valibot";
import { nextPage, pageQuery } from "../http/page.ts";
import { name } from "../http/validation.ts";

const id = v.pipe(name, v.description("A user's id."), v.examples(["qT8sU0mZ3vKx1b_E"]));

export const followPath = v.object({
  id: v.pipe(name, v.description("Your own id."), v.examples(["qT8sU0mZ3vKx1b_E"])),
  other: v.pipe(
    name,
    v.description("The id of the user to follow, or to follow no more."),
    v.examples(["Zr4kW9nB7cYp2d_A"]),
  ),
});

export const listQuery = v.object(pageQuery);

export const mutualQuery = v.object({
  with: v.pipe(name, v.description("The id of the other user."), v.examples(["Zr4kW9nB7cYp2d_A"])),
  ...pageQuery,
});

export const listPath = v.object({ id });

const page = <S extends v.GenericSchema>(item: S) =>
  v.object({
    items: v.array(item),
    total: v.pipe(v.number(), v.integer(), v.description("How many there are on all pages.")),
    next: nextPage,
  });

export const followList = v.pipe(
  page(v.object({ id: v.string(), since: v.pipe(v.string(), v.isoTimestamp()) })),
  v.metadata({
    ref: "FollowList",
    examples: [
      { items: [{ id: "qT8sU0mZ3vKx1b_E", since: "2026-11-02T09:30:00.000Z" }], total: 1, next: null },
    ],
  }),
);

export const userList = v.pipe(
  page(v.object({ id: v.string() })),
  v.metadata({
    ref: "UserList",
    examples: [{ items: [{ id: "qT8sU0mZ3vKx1b_E" }], total: 1, next: null }],
  }),
);
