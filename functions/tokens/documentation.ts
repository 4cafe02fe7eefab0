// The routes of one-time tokens, for /openapi.json.

import { answer, problems, withScope, type Documentation, type Operation } from "../http/openapi.ts";
import { issuedToken, redeemed } from "./schemas.ts";

const common = {
  tags: ["Tokens"],
  ...withScope("tokens:write"),
} satisfies Partial<Operation>;

const refusals = problems(
  "bad-request",
  "unauthorized",
  "forbidden",
  "content-too-large",
  "unsupported-media-type",
  "redis-unavailable",
);

export const documentation: Documentation = {
  "POST /v1/tokens": {
    ...common,
    operationId: "issueToken",
    summary: "Make a one-time token",
    responses: { 201: answer("The token.", issuedToken), ...refusals },
  },
  "POST /v1/tokens/redeem": {
    ...common,
    operationId: "redeemToken",
    summary: "Redeem a token",
    description:
      "Of any number who try, one is answered. After a 503 the token may be spent: what cannot be answered is not answered twice.",
    responses: {
      200: answer("Whose it was.", redeemed),
      ...refusals,
      ...problems("not-found"),
    },
  },
};
