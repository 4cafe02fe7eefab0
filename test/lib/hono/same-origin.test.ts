import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { sameOrigin } from "../../../lib/hono/same-origin.ts";

const app = new Hono();
app.use(sameOrigin({ refuse: (c) => c.text("not from there", 403) }));
app.all("/", (c) => c.text("done"));

const OWN = "https://sedge.example";
const send = async (method: string, headers: Record<string, string>) =>
  (await app.request(`${OWN}/`, { method, headers })).status;

describe.each(["POST", "PUT", "PATCH", "DELETE"])("%s", (method) => {
  test.each<[string, Record<string, string>]>([
    ["another origin", { Origin: "https://evil.example" }],
    ["a subdomain", { Origin: "https://a.sedge.example" }],
    ["plain http", { Origin: "http://sedge.example" }],
    ["another port", { Origin: "https://sedge.example:8443" }],
    ["an origin that begins alike", { Origin: "https://sedge.example.evil.example" }],
    ["an opaque origin", { Origin: "null" }],
    ["no origin at all, in a header", { Origin: "" }],
    ["another site", { "Sec-Fetch-Site": "cross-site" }],
    ["the same site's other host", { "Sec-Fetch-Site": "same-site" }],
    ["a site nobody knows", { "Sec-Fetch-Site": "whatever" }],
    ["its own origin, and yet another site", { Origin: OWN, "Sec-Fetch-Site": "cross-site" }],
    [
      "another origin, said to be the same",
      { Origin: "https://evil.example", "Sec-Fetch-Site": "same-origin" },
    ],
  ])("from %s is refused", async (_what, headers) => {
    expect(await send(method, headers)).toBe(403);
  });

  test.each<[string, Record<string, string>]>([
    ["its own origin", { Origin: OWN }],
    ["its own page", { Origin: OWN, "Sec-Fetch-Site": "same-origin" }],
    ["the user's own hand", { "Sec-Fetch-Site": "none" }],
    ["no browser", {}],
  ])("from %s passes", async (_what, headers) => {
    expect(await send(method, headers)).toBe(200);
  });
});

test.each(["GET", "HEAD", "OPTIONS"])("%s, which changes nothing, passes from anywhere", async (method) => {
  expect(await send(method, { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" })).toBe(200);
});

test("behind a proxy that changes the host, the origin is what the deployment says", async () => {
  const behind = new Hono();
  behind.use(sameOrigin({ refuse: (c) => c.text("no", 403), origin: () => "https://shop.example" }));
  behind.post("/", (c) => c.text("done"));
  const from = async (Origin: string) =>
    (await behind.request(`${OWN}/`, { method: "POST", headers: { Origin } })).status;
  expect([await from("https://shop.example"), await from(OWN)]).toEqual([200, 403]);
});
