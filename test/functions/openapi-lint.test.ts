import { createConfig, lint } from "@redocly/openapi-core";
import { expect, test } from "vitest";
import { OPENAPI_FILE } from "./support/openapi.ts";

/** Redocly's own ruleset, its warnings as errors; and every example must be one of its schema. */
const CONFIG = {
  extends: ["recommended-strict" as const],
  rules: {
    "no-invalid-schema-examples": "error" as const,
    "no-invalid-parameter-examples": "error" as const,
    // The health checks and the pages refuse nobody.
    "operation-4xx-response": "off" as const,
  },
};

test("a public linter finds nothing in /openapi.json", async () => {
  const problems = await lint({ ref: OPENAPI_FILE, config: await createConfig(CONFIG) });
  expect(problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])).toEqual(
    [],
  );
});
