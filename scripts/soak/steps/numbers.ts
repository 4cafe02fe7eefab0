// Counters, leaderboards, and rate limits as a service.

import { pick, type Step } from "../visitor.ts";

const SHARED = ["soak-visits", "soak-orders"];
const BOARDS = ["soak-race", "soak-points"];
const SECONDS_A_DAY = 86_400;

export const increment: Step = async (visitor) => {
  const { api, ledger, random, name, next } = visitor;
  const counter = pick(visitor, [...SHARED, `${name}-counter`]);
  ledger.add("counter", counter);
  const key = `${name}-increment-${next()}`;
  const withKey = random() < 0.3;
  if (withKey) ledger.add("counted once", key, SECONDS_A_DAY);
  const call = () =>
    api.call<{ value: number }>("POST", `/v1/counters/${counter}/increments`, {
      body: { by: 2 },
      ...(withKey && { headers: { "idempotency-key": key } }),
    });
  const { value } = (await call()).body;
  if (withKey) visitor.expect("a repeat does not count", (await call()).body.value === value);
};

export const readCounters: Step = async (visitor) => {
  const { api } = visitor;
  await api.call("GET", `/v1/counters?names=${SHARED.join(",")}`);
  await api.call("GET", `/v1/counters/${pick(visitor, SHARED)}`);
  await api.call("GET", `/v1/counters/${pick(visitor, SHARED)}/series?bucket=minute&last=30`);
};

export const countVisitor: Step = async (visitor) => {
  const counter = pick(visitor, SHARED);
  visitor.ledger.add("counter of visitors", counter);
  const path = `/v1/counters/${counter}/visitors`;
  await visitor.api.call("POST", path, { body: { id: `visitor-${visitor.next()}` } });
  await visitor.api.call("GET", path);
};

export const countAndDelete: Step = async ({ api, ledger, name, next, expect }) => {
  const counter = `${name}-counter-${next()}`;
  const path = `/v1/counters/${counter}`;
  await api.call("POST", `${path}/increments`, { body: { by: 3 } });
  await api.call("POST", `${path}/increments`, { body: { by: 4 } });
  ledger.add("counter", counter);
  const { value } = (await api.call<{ value: number }>("GET", path)).body;
  expect("a counter is the sum of its increments", value === 7);
  await api.call("DELETE", path);
  ledger.delete("counter", counter);
};

export const score: Step = async (visitor) => {
  const { api, ledger, name, next, random } = visitor;
  const board = pick(visitor, BOARDS);
  ledger.add("board", board);
  const member = `${name}-${Math.floor(random() * 50)}`;
  await api.call("PUT", `/v1/leaderboards/${board}/members/${member}`, {
    body: { score: next(), mode: "latest", data: { at: next() } },
  });
  await api.call("GET", `/v1/leaderboards/${board}?around=${member}`);
  await api.call("GET", `/v1/leaderboards/${board}/members/${member}?period=day`);
};

export const scoreMany: Step = async (visitor) => {
  const { api, ledger, name, random } = visitor;
  const board = pick(visitor, BOARDS);
  ledger.add("board", board);
  const items = Array.from({ length: 20 }, (_, i) => ({
    member: `${name}-${i}`,
    score: Math.floor(random() * 1_000),
  }));
  await api.call("POST", `/v1/leaderboards/${board}/scores`, { body: { mode: "sum", items } });
  await api.call("GET", `/v1/leaderboards/${board}?offset=0&limit=25`);
  await api.call("DELETE", `/v1/leaderboards/${board}/members/${name}-19`);
};

export const scoreAndDelete: Step = async ({ api, name, next }) => {
  const board = `${name}-board-${next()}`;
  await api.call("PUT", `/v1/leaderboards/${board}/members/ada`, { body: { score: 1 } });
  await api.call("DELETE", `/v1/leaderboards/${board}`);
};

const ALGORITHMS = ["fixed", "sliding", "token-bucket"];

export const checkLimits: Step = async (visitor) => {
  const { api, ledger, random, name } = visitor;
  const identifier = `${name}-${Math.floor(random() * 5)}`;
  const algorithm = pick(visitor, ALGORITHMS);
  const limit = { name: `soak-${algorithm}`, limit: 5, windowSeconds: 10, algorithm, identifier };
  // Longer than the window: what is kept of it ends a little later.
  ledger.add("limit", `${algorithm} ${identifier}`, 15);
  await api.call("POST", "/v1/limits/check", { body: { limits: [limit] } });
};

export const resetLimit: Step = async (visitor) => {
  const { api, ledger, name } = visitor;
  const algorithm = pick(visitor, ALGORITHMS);
  const identifier = `${name}-0`;
  await api.call("POST", "/v1/limits/reset", { body: { name: `soak-${algorithm}`, identifier } });
  ledger.delete("limit", `${algorithm} ${identifier}`);
};
