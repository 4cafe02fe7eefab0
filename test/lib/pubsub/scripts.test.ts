import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { PUBSUB_SCRIPTS } from "../../../lib/pubsub/index.ts";

test.each(PUBSUB_SCRIPTS)("the SHA written beside $name is that of its text", ({ lua, sha1 }) => {
  expect(sha1).toBe(createHash("sha1").update(lua).digest("hex"));
});

test.each(PUBSUB_SCRIPTS)("$name touches only keys that it is given", ({ lua }) => {
  const calls = [...lua.matchAll(/redis\.call\('([A-Z]+)', ([^,)]+)/g)];
  // A channel of Pub/Sub is no key.
  const touched = calls.filter(([, command]) => command !== "PUBLISH").map(([, , key]) => key);
  expect(touched.filter((key) => !/^(KEYS\[\d\]|log)$/.test(key ?? ""))).toEqual([]);
  expect(touched.length).toBeGreaterThan(1);
});
