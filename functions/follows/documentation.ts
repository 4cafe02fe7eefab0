// The routes of follows, for /openapi.json.

import { answer, problems, withSession, type Documentation, type Operation } from "../http/openapi.ts";
import { followList, userList } from "./schemas.ts";

const tags = ["Follows"];
const changing = {
  tags,
  ...withSession,
} satisfies Partial<Operation>;
const changeRefusals = problems("bad-request", "unauthorized", "forbidden", "redis-unavailable");
const readRefusals = problems("bad-request", "not-found", "redis-unavailable");

export const documentation: Documentation = {
  "PUT /v1/users/{id}/following/{other}": {
    ...changing,
    operationId: "follow",
    summary: "Follow a user",
    description:
      "For yourself: another's id is a 403. Their posts are on your timeline from then on, earlier ones too. You may follow 1,000 " +
      "users; one more is a 409.",
    responses: {
      204: { description: "You follow them." },
      ...changeRefusals,
      ...problems("not-found", "conflict"),
    },
  },
  "DELETE /v1/users/{id}/following/{other}": {
    ...changing,
    operationId: "unfollow",
    summary: "Follow a user no more",
    description: "For yourself: another's id is a 403. Their posts leave your timeline.",
    responses: { 204: { description: "You do not follow them." }, ...changeRefusals },
  },
  "GET /v1/users/{id}/following": {
    tags,
    operationId: "listFollowing",
    summary: "List whom a user follows",
    description: "The last one first. Pages go on where they ended, whoever comes or goes.",
    responses: { 200: answer("A page of users.", followList), ...readRefusals },
  },
  "GET /v1/users/{id}/followers": {
    tags,
    operationId: "listFollowers",
    summary: "List who follows a user",
    description: "The last one first. Pages go on where they ended, whoever comes or goes.",
    responses: { 200: answer("A page of users.", followList), ...readRefusals },
  },
  "GET /v1/users/{id}/mutual": {
    tags,
    operationId: "listMutual",
    summary: "List whom two users follow both",
    description: "The last one that the user of the path followed first.",
    responses: { 200: answer("A page of users.", userList), ...readRefusals },
  },
};
