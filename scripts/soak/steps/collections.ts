// Tags, histories, configs and one-time tokens.

import { pick, type Step } from "../visitor.ts";

const TAGS = ["soak-red", "soak-green", "soak-blue", "soak-large"];
const CONFLICT = 412;
const GONE = 404;
const TOKEN_SECONDS = 20;

export const tagItem: Step = async (visitor) => {
  const { api, ledger, random, name } = visitor;
  const item = `${name}-item-${Math.floor(random() * 20)}`;
  const tags = TAGS.filter(() => random() < 0.4);
  await api.call("PUT", `/v1/tags/${item}`, { body: { tags } });
  for (const tag of TAGS) ledger.delete("tag", `${item} ${tag}`);
  for (const tag of tags) ledger.add("tag", `${item} ${tag}`);
  const { body } = await api.call<{ tags: string[] }>("GET", `/v1/tags/${item}`);
  visitor.expect("an item has the tags it was given", body.tags.join() === tags.join());
  await api.call("GET", `/v1/items?any=${TAGS[0]},${TAGS[1]}&none=${TAGS[2]}`);
};

export const remember: Step = async (visitor) => {
  const { api, ledger, name, next } = visitor;
  const subject = pick(visitor, [`${name}-history`, "soak-history"]);
  ledger.add("history", subject);
  await api.call("POST", `/v1/history/${subject}`, { body: { item: `item ${next() % 150}` } });
  const { body } = await api.call<{ items: string[] }>("GET", `/v1/history/${subject}`);
  visitor.expect("a history has at most 100 items", body.items.length <= 100);
};

/** All change one config, each for the version it has read: who is too late is told so. */
export const configure: Step = async ({ api, ledger, name, next, expect }) => {
  const path = "/v1/config/soak-config";
  const { headers } = await api.call("GET", path, { also: [GONE] });
  const etag = headers.get("etag");
  const value = next();
  const { status, body } = await api.call<{ values: Record<string, unknown> }>("PATCH", path, {
    body: { [name]: value },
    also: [CONFLICT],
    ...(etag !== null && { headers: { "if-match": etag } }),
  });
  ledger.add("config", "soak-config");
  expect("a config has what was written", status === CONFLICT || body.values[name] === value);
};

export const redeemToken: Step = async ({ api, ledger, random, name, next, expect }) => {
  const subject = `${name}-${next()}`;
  const body = { purpose: "soak", subject, ttlSeconds: TOKEN_SECONDS };
  const { token } = (await api.call<{ token: string }>("POST", "/v1/tokens", { body })).body;
  ledger.add("token", subject, TOKEN_SECONDS);
  // Some are never redeemed, and end by themselves.
  if (random() < 0.3) return;
  const redeem = () =>
    api.call<{ subject: string }>("POST", "/v1/tokens/redeem", {
      body: { purpose: "soak", token },
      also: [GONE],
    });
  expect("a token gives its subject", (await redeem()).body.subject === subject);
  expect("a token gives it once", (await redeem()).status === GONE);
  ledger.delete("token", subject);
};
