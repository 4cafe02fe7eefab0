import { describe, expect, it } from "vitest";
import { isWorthShowing, tellsOfRestart } from "../../../local/dev/output.ts";

describe("what npm run dev shows of wrangler", () => {
  it.each([
    "[wrangler:info] GET /v1/products/1 200 OK (5ms)",
    "[wrangler:info] GET /healthz 200 OK (5ms)",
    "[wrangler:error] Error: boom",
    "    at Object.fetch (file:///sedge/functions/index.ts:8:39)",
    "\u001B[31m✘ \u001B[41;31m[ERROR] Build failed with 1 error:",
    "⎔ Reloading local server...",
    '{"level":"warn","event":"cache"}',
  ])("keeps %s", (line) => {
    expect(isWorthShowing(line)).toBe(true);
  });

  it.each([
    "",
    "  ",
    "Using secrets defined in process.env",
    "Your Worker has access to the following bindings:",
    "Binding                  Resource                  Mode",
    'env.API_KEYS ("(hidden)")      Environment Variable         local',
    "⎔ Starting local server...",
    "\u001B[33m▲ \u001B[43;33m[WARNING]\u001B[0m Scheduled Workers are not automatically triggered during local development.",
    '    curl "http://127.0.0.1:8787/cdn-cgi/handler/scheduled"',
    "[wrangler:info] Ready on http://127.0.0.1:8787",
    "[wrangler:info] HEAD /healthz 200 OK (2ms)",
  ])("leaves out %s", (line) => {
    expect(isWorthShowing(line)).toBe(false);
  });

  it("knows a workerd that was started anew from a Worker that was built anew", () => {
    expect(tellsOfRestart("[wrangler:info] Updated and ready on http://127.0.0.1:8787")).toBe(true);
    expect(tellsOfRestart("⎔ Local server updated and ready")).toBe(false);
  });
});
