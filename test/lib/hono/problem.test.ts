import { expect, test } from "vitest";
import { ProblemError, problemResponse } from "../../../lib/hono/index.ts";

const problem = {
  type: "https://example.com/errors#conflict",
  title: "It conflicts",
  status: 409,
  detail: "Try again.",
  queue: "mail",
};

test("a problem is answered as RFC 9457 says, with its own status, members and headers, and is not kept", async () => {
  const response = problemResponse(problem, { "Retry-After": "5" });
  expect(response.status).toBe(409);
  expect(response.headers.get("Content-Type")).toBe("application/problem+json");
  expect(response.headers.get("Retry-After")).toBe("5");
  expect(response.headers.get("Cache-Control")).toBe("no-store");
  expect(await response.json()).toEqual(problem);
});

test("a problem can be thrown, with the headers that belong to it", () => {
  const error = new ProblemError(problem, { "Retry-After": "5" });
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ name: "ProblemError", message: "It conflicts", problem });
  expect(error.headers).toEqual({ "Retry-After": "5" });
});
