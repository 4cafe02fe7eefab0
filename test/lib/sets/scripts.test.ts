import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { SET_SCRIPTS } from "../../../lib/sets/index.ts";

test.each(SET_SCRIPTS)("the SHA written beside $name is that of its text", ({ lua, sha1 }) => {
  expect(sha1).toBe(createHash("sha1").update(lua).digest("hex"));
});
