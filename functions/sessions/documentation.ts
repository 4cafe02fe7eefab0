// The routes of sessions, for /openapi.json.

import { answer, LOCATION, problems, SET_COOKIE, withSession, type Documentation } from "../http/openapi.ts";
import { session, sessionList } from "./schemas.ts";

const tags = ["Sessions"];

export const documentation: Documentation = {
  "POST /v1/sessions": {
    tags,
    operationId: "signIn",
    summary: "Sign in",
    description:
      "Ends the session that the same browser had until now. An unknown e-mail and a wrong password are the same 401, in as " +
      "much time.",
    responses: {
      201: answer("The new session.", session, {
        ...SET_COOKIE,
        ...LOCATION,
      }),
      ...problems(
        "bad-request",
        "unauthorized",
        "forbidden",
        "content-too-large",
        "unsupported-media-type",
        "redis-unavailable",
      ),
    },
  },
  "GET /v1/session": {
    tags,
    operationId: "getSession",
    summary: "Read the session",
    description:
      "And renew it: it ends an hour after its last use, and 30 days after the sign-in in any case. Use is written down at most " +
      "every 10 seconds.",
    ...withSession,
    responses: {
      200: answer("The session.", session),
      ...problems("unauthorized", "redis-unavailable"),
    },
  },
  "PATCH /v1/session": {
    tags,
    operationId: "updateSession",
    summary: "Change the session's data",
    description:
      "Field by field: no field of a PATCH at the same time is lost; of the same field the last one stays.",
    ...withSession,
    responses: {
      200: answer("The session as it is now.", session),
      ...problems(
        "bad-request",
        "unauthorized",
        "forbidden",
        "content-too-large",
        "unsupported-media-type",
        "redis-unavailable",
      ),
    },
  },
  "POST /v1/session/rotation": {
    tags,
    operationId: "rotateSession",
    summary: "Give the session a new token",
    description: "The old one is dead from then on; all else stays. For where a user's rights change.",
    ...withSession,
    responses: {
      200: answer("The session.", session, SET_COOKIE),
      ...problems("unauthorized", "forbidden", "redis-unavailable"),
    },
  },
  "DELETE /v1/session": {
    tags,
    operationId: "signOut",
    summary: "Sign out",
    ...withSession,
    responses: {
      204: { description: "The session has ended, and the cookie is taken back.", headers: SET_COOKIE },
      ...problems("unauthorized", "forbidden", "redis-unavailable"),
    },
  },
  "GET /v1/sessions": {
    tags,
    operationId: "listSessions",
    summary: "List your sessions",
    description: "All that live, the last used first.",
    ...withSession,
    responses: {
      200: answer("The sessions.", sessionList),
      ...problems("unauthorized", "redis-unavailable"),
    },
  },
  "DELETE /v1/sessions": {
    tags,
    operationId: "endSessions",
    summary: "End all of your sessions, or all others",
    ...withSession,
    responses: {
      204: {
        description: "They have ended; where this one has, the cookie is taken back.",
        headers: SET_COOKIE,
      },
      ...problems("bad-request", "unauthorized", "forbidden", "redis-unavailable"),
    },
  },
  "DELETE /v1/sessions/{id}": {
    tags,
    operationId: "endSession",
    summary: "End one of your sessions",
    ...withSession,
    responses: {
      204: {
        description: "It has ended; where it was this one, the cookie is taken back.",
        headers: SET_COOKIE,
      },
      ...problems("bad-request", "unauthorized", "forbidden", "not-found", "redis-unavailable"),
    },
  },
};
