import { describe, expect, test } from "vitest";
import { createLog } from "../../functions/log.ts";
import { RedisCommandError, RedisUnavailableError } from "../../lib/errors.ts";

function lines(): { written: Record<string, unknown>[]; log: ReturnType<typeof createLog> } {
  const written: Record<string, unknown>[] = [];
  const write = (line: string): void => void written.push(JSON.parse(line) as Record<string, unknown>);
  return { written, log: createLog({ error: write, warn: write, info: write }) };
}

const withCode = (code: unknown): Error => Object.assign(new Error("sk_live_secret"), { code });

const withMessage = (first: string, message: string): Error => Object.assign(new Error(first), { message });

describe("a log line", () => {
  test("is JSON, with the error's name, place and cause", () => {
    const { written, log } = lines();
    const cause = new TypeError("fetch failed");
    log({
      level: "error",
      event: "fault",
      requestId: "r1",
      error: new RedisUnavailableError("network", cause),
    });
    expect(written).toMatchObject([
      {
        level: "error",
        event: "fault",
        requestId: "r1",
        error: {
          name: "RedisUnavailableError",
          message: "Redis is unavailable (network)",
          cause: { name: "TypeError" },
        },
      },
    ]);
    expect(JSON.stringify(written)).toContain("log.test.ts");
  });

  test("has the message of our own errors and of D1's alone: others quote their input", () => {
    const { written, log } = lines();
    let parseError: unknown;
    try {
      JSON.parse("sk_live_secret");
    } catch (error) {
      parseError = error;
    }
    log({ level: "error", event: "a", error: parseError });
    log({ level: "error", event: "b", error: "sk_live_secret" });
    log({ level: "error", event: "c", error: new Error("sk_live_secret\nsk_live_secret") });
    expect(JSON.stringify(written)).not.toContain("sk_live_secret");
    log({ level: "error", event: "c", error: new Error("no JSON:\n    at sk_live_secret") });
    log({ level: "error", event: "c", error: withMessage("\n    at sk_live_secret", "another since") });
    expect(JSON.stringify(written), "nor where it looks like a place").not.toContain("sk_live_secret");
    log({ level: "error", event: "d", error: new RedisCommandError("WRONGTYPE") });
    log({ level: "error", event: "e", error: new Error("D1_ERROR: no such table: products") });
    expect(JSON.stringify(written)).toContain("WRONGTYPE");
    expect(JSON.stringify(written)).toContain("no such table");
  });

  test("has an error's code, where that is a constant", () => {
    const { written, log } = lines();
    log({ level: "error", event: "a", error: withCode("E_SENDER_NOT_VERIFIED") });
    for (const code of [7, "sk_live_secret", "SK_LIVE secret"]) {
      log({ level: "error", event: "b", error: withCode(code) });
    }
    expect(written[0]).toMatchObject({ error: { name: "Error", code: "E_SENDER_NOT_VERIFIED" } });
    expect(JSON.stringify(written)).not.toMatch(/secret|"code":7/);
  });
});
