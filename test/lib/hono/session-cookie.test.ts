import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { createSessionCookie, type SessionCookieOptions } from "../../../lib/hono/session-cookie.ts";

const now = () => Date.UTC(2026, 10, 1);
const inDays = (days: number) => new Date(now() + days * 86_400_000);

function appWith(options: SessionCookieOptions = {}) {
  const cookie = createSessionCookie({ now, ...options });
  const app = new Hono();
  app.post("/", (c) => {
    cookie.set(c, "TOKEN", inDays(Number(c.req.query("days") ?? 30)));
    return c.text("in");
  });
  app.delete("/", (c) => {
    cookie.clear(c);
    return c.text("out");
  });
  app.get("/", (c) => c.text(cookie.read(c) ?? "none"));
  return app;
}

const setBy = async (app: Hono, path: string, method: string) =>
  (await app.request(path, { method })).headers.getSetCookie();

const read = async (app: Hono, value: string) =>
  (await app.request("/", { headers: { Cookie: value } })).text();

describe("the cookie", () => {
  test("is __Host-session, for https alone, out of reach of scripts and of other sites' requests", async () => {
    expect(await setBy(appWith(), "/", "POST")).toEqual([
      "__Host-session=TOKEN; Max-Age=2592000; Path=/; HttpOnly; Secure; SameSite=Lax",
    ]);
  });

  test("is session, not Secure, where development runs on plain http", async () => {
    expect(await setBy(appWith({ secure: false }), "/", "POST")).toEqual([
      "session=TOKEN; Max-Age=2592000; Path=/; HttpOnly; SameSite=Lax",
    ]);
  });

  test("is taken back under the attributes it was given with", async () => {
    expect(await setBy(appWith(), "/", "DELETE")).toEqual([
      "__Host-session=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax",
    ]);
    expect(await setBy(appWith({ secure: false }), "/", "DELETE")).toEqual([
      "session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax",
    ]);
  });

  test.each([
    [1_000, 34_560_000],
    [-1, 0],
  ])("lasts as a browser keeps it: %d days are %d s", async (days, seconds) => {
    expect((await setBy(appWith(), `/?days=${days}`, "POST"))[0]).toContain(`Max-Age=${seconds};`);
  });

  test("is read under its own name alone", async () => {
    const both = "session=PLAIN; other=x; __Host-session=HOST";
    expect(await read(appWith(), both)).toBe("HOST");
    expect(await read(appWith({ secure: false }), both)).toBe("PLAIN");
    expect(await read(appWith(), "session=PLAIN")).toBe("none");
  });
});
