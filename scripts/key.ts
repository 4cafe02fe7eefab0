// npm run key -- NAME SCOPE…: a new API key, shown this once, and the entry of API_KEYS that knows it.

import { createHash, randomBytes } from "node:crypto";
import { argv, exit, stderr, stdout } from "node:process";
import { SCOPE } from "../functions/keys.ts";
import { NAME } from "../lib/keys.ts";

const [name = "", ...scopes] = argv.slice(2);
if (!NAME.test(name) || scopes.length === 0 || !scopes.every((scope) => SCOPE.test(scope))) {
  stderr.write(
    [
      "usage: npm run key -- NAME SCOPE…",
      "  NAME   whose key it is: 1 to 128 of A-Z a-z 0-9 . _ ~ : @ -",
      "  SCOPE  what it may do: products:write, cache:write, products:* or '*' (quoted, for the shell)",
      "",
    ].join("\n"),
  );
  exit(1);
}

const key = `sedge_${randomBytes(32).toString("base64url")}`;
const sha256 = createHash("sha256").update(key).digest("hex");
stdout.write(`key (kept nowhere: note it now)
  ${key}

entry of the secret API_KEYS, beside those that are there
  ${JSON.stringify({ [name]: { sha256, scopes } })}

set it with: npx wrangler secret put API_KEYS
`);
