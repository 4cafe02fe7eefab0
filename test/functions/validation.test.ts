import { Hono } from "hono";
import * as v from "valibot";
import { expect, test } from "vitest";
import type { AppEnv } from "../../functions/http/environment.ts";
import { answerFault } from "../../functions/http/errors.ts";
import { valid } from "../../functions/http/validation.ts";
import { problemOf } from "./support/harness.ts";

test("a schema that forgets to say what it wants still repeats nothing of the input", async () => {
  const app = new Hono<AppEnv>();
  app.onError(answerFault(() => {}));
  app.post("/", valid("json", v.object({ price: v.number(), kind: v.literal("a") })), (c) => c.text("ok"));
  const response = await app.request("/", {
    method: "POST",
    body: JSON.stringify({ price: "sk_live_secret", kind: "sk_live_secret" }),
    headers: { "Content-Type": "application/json" },
  });
  expect((await problemOf(response)).errors).toEqual([
    { path: "price", message: "is not valid" },
    { path: "kind", message: "is not valid" },
  ]);
});
