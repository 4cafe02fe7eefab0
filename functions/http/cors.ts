// Who may call from a browser on another origin.

import type { Context, MiddlewareHandler } from "hono";
import type { AppEnv } from "./environment.ts";

const REQUEST_HEADERS =
  "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID";
const EXPOSED_HEADERS =
  "Cache-Status, ETag, Idempotency-Replayed, Location, RateLimit, RateLimit-Policy, Retry-After, Server-Timing, X-Request-Id";
const PREFLIGHT_SECONDS = "600";

/**
 * Lets the origins of CORS_ORIGINS read answers, and answers their preflights beside the `Allow` that every OPTIONS gets.
 * Hono's own `cors` answers OPTIONS by itself, also where there is no route.
 */
export function cors(): MiddlewareHandler<AppEnv> {
  return async function corsMiddleware(c, next) {
    await next();
    c.header("Vary", "Origin", { append: true });
    const origin = c.req.header("Origin");
    if (origin === undefined || !c.var.services.origins.has(origin)) return;
    c.header("Access-Control-Allow-Origin", origin);
    if (isPreflight(c)) allowPreflight(c);
    else c.header("Access-Control-Expose-Headers", EXPOSED_HEADERS);
  };
}

const isPreflight = (c: Context<AppEnv>): boolean =>
  c.req.method === "OPTIONS" && c.req.header("Access-Control-Request-Method") !== undefined;

function allowPreflight(c: Context<AppEnv>): void {
  const allowed = c.res.headers.get("Allow");
  if (allowed === null) return;
  c.header("Access-Control-Allow-Methods", allowed);
  c.header("Access-Control-Allow-Headers", REQUEST_HEADERS);
  c.header("Access-Control-Max-Age", PREFLIGHT_SECONDS);
}

/**
 * The origins of a list separated by commas.
 * @param text `https://example.com, https://www.example.com`
 */
export const originsOf = (text: string | undefined): ReadonlySet<string> =>
  new Set(
    (text ?? "")
      .split(",")
      .map((origin) => origin.trim())
      .filter((origin) => origin !== ""),
  );
