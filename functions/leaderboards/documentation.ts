// The routes of leaderboards, for /openapi.json.

import { answer, problems, withScope, type Documentation, type Operation } from "../http/openapi.ts";
import { boardPage, standing as standingAnswer, updated, updatedList } from "./answers.ts";

const tags = ["Leaderboards"];

const writing = { tags, ...withScope("leaderboards:write") } satisfies Partial<Operation>;

const refusals = problems("bad-request", "redis-unavailable");
const keyRefusals = { ...refusals, ...problems("unauthorized", "forbidden") };
const bodyRefusals = {
  ...keyRefusals,
  ...problems("content-too-large", "unsupported-media-type", "conflict"),
};

const SUM = "A sum beyond ±(2^53 − 1) is a 409, and changes nothing.";

export const documentation: Documentation = {
  "PUT /v1/leaderboards/{board}/members/{member}": {
    ...writing,
    operationId: "updateScore",
    summary: "Bring a score onto a board",
    description: `Onto its running day, week and month (UTC) too, as one step. ${SUM}`,
    responses: { 200: answer("How the member stands now.", updated), ...bodyRefusals },
  },
  "POST /v1/leaderboards/{board}/scores": {
    ...writing,
    operationId: "updateScores",
    summary: "Bring up to 1,000 scores onto a board",
    description:
      "All or nothing, one after the other: a member may come twice. Scores and ranks are those after the last. " +
      SUM,
    responses: { 200: answer("How each stands now, in the order sent.", updatedList), ...bodyRefusals },
  },
  "GET /v1/leaderboards/{board}": {
    tags,
    operationId: "getLeaderboard",
    summary: "Read a board",
    description:
      "A page, the stretch around a member, or some members. A board that nobody wrote is empty; members who are not on the " +
      "board are left out.",
    responses: {
      200: answer("The best first, with their ranks on the whole board.", boardPage),
      ...refusals,
      ...problems("not-found"),
    },
  },
  "GET /v1/leaderboards/{board}/members/{member}": {
    tags,
    operationId: "getStanding",
    summary: "Read how a member stands",
    responses: { 200: answer("The standing.", standingAnswer), ...refusals, ...problems("not-found") },
  },
  "DELETE /v1/leaderboards/{board}/members/{member}": {
    ...writing,
    operationId: "removeMember",
    summary: "Take a member off a board",
    description: "And off all of its periods.",
    responses: { 204: { description: "It is not on the board now." }, ...keyRefusals },
  },
  "DELETE /v1/leaderboards/{board}": {
    ...writing,
    operationId: "removeLeaderboard",
    summary: "Remove a board",
    description: "With all of its periods.",
    responses: { 204: { description: "It is empty now." }, ...keyRefusals },
  },
};
