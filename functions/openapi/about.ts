// What stands before the operations: what the API is, who may call it, and what its parts are about.

import type { GenerateSpecOptions } from "hono-openapi";

type About = Required<NonNullable<GenerateSpecOptions["documentation"]>>;

export const info: About["info"] = {
  title: "Sedge",
  version: "1",
  summary: "Redis at the edge.",
  description: [
    "The patterns everyone uses Redis for, over HTTPS: JSON in and JSON out.",
    "Every answer has `X-Request-Id`. Those below `/v1` tell in `Server-Timing` what they cost in Redis, and in " +
      "`RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers) which limits they were under and what is left: " +
      "`public` by address, `key` by key, `login` and `login-email` where a password is given.",
    "Errors are `application/problem+json` (RFC 9457), and a refusal is decided in this order: 404, 405, 401, 403, 429, 413, 415, 400. " +
      "A method that a path does not have is a 405 with `Allow`; HEAD answers wherever GET does, and OPTIONS tells what a route has.",
    "Names in a path are 1 to 128 of the characters `A-Z a-z 0-9 . _ ~ : @ -`. Times are ISO 8601 in UTC, durations seconds. A " +
      "list's `next` goes into `?cursor=`, and is null at the end.",
  ].join("\n\n"),
  license: { name: "MIT", identifier: "MIT" },
};

export const servers: About["servers"] = [{ url: "/", description: "Where this document comes from." }];

export const tags: About["tags"] = [
  {
    name: "Products",
    description: "Cache-aside over a database: a catalogue read through the cache, and changed with it.",
  },
  { name: "Users", description: "Sign-up, and a user as others see them." },
  {
    name: "Sessions",
    description: "Sign-in by cookie, with what a session knows, and all sessions of a user.",
  },
  { name: "Counters", description: "Totals, time series and unique visitors." },
  { name: "Leaderboards", description: "Scores in order, over all time and by day, week and month (UTC)." },
  { name: "Queues", description: "Tasks that wait for a worker until one says they are done." },
  { name: "Tags", description: "Items by all, any and none of their tags." },
  { name: "Follows", description: "Who follows whom." },
  { name: "Posts", description: "Posts, and the timeline of those one follows." },
  { name: "History", description: "The last 100 items of a subject, each once." },
  { name: "Config", description: "Typed fields with a version, for compare-and-set." },
  { name: "Tokens", description: "Tokens that are good once." },
  {
    name: "Channels",
    description: "Events: published, kept in order, read again, and followed as they come.",
  },
  {
    name: "Subscriptions",
    description: "Webhooks: each event of a pattern's channels, signed, until it is taken.",
  },
  { name: "Cache", description: "Invalidation by key, tag and pattern." },
  { name: "Limits", description: "Rate limits as a service: several at once, all or nothing." },
  { name: "Operations", description: "Whether it lives, and what it says of itself." },
];

export const securitySchemes: NonNullable<About["components"]["securitySchemes"]> = {
  key: {
    type: "http",
    scheme: "bearer",
    description:
      "A key, made by `npm run key -- NAME SCOPE…`. Each route names the scope it needs; `products:*` stands for all of products, " +
      "`*` for all. Under `npm run dev` the key `sedge-local` has every scope.",
  },
  readToken: {
    type: "apiKey",
    in: "query",
    name: "token",
    description: "Made by `POST /v1/channels/{channel}/tokens`, to read one channel or pattern for a while.",
  },
  session: {
    type: "apiKey",
    in: "cookie",
    name: "__Host-session",
    description:
      "Set by `POST /v1/sessions`. Under `npm run dev`, where there is no https, it is called `session`. An unsafe method that a page " +
      "of another origin sends is a 403.",
  },
};
