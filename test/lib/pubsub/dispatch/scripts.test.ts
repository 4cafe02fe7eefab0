import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { DISPATCH_SCRIPTS, SUBSCRIPTION_SCRIPTS } from "../../../../lib/pubsub/index.ts";

test.each([...DISPATCH_SCRIPTS, ...SUBSCRIPTION_SCRIPTS])(
  "the SHA written beside $name is that of its text",
  ({ lua, sha1 }) => {
    expect(sha1).toBe(createHash("sha1").update(lua).digest("hex"));
  },
);
