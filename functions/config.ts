// /v1/config: configs over HTTP.

import { Hono } from "hono";
import type { Config, ConfigFault, Expected } from "../lib/hashes/index.ts";
import { configChanges, configName } from "./config/schemas.ts";
import { requireScope } from "./http/authorize.ts";
import { jsonBody } from "./http/body.ts";
import { answerTagged } from "./http/cached-answer.ts";
import type { AppEnv } from "./http/environment.ts";
import { ifMatch } from "./http/if-match.ts";
import { problem } from "./http/problems.ts";
import { valid } from "./http/validation.ts";

export const config = new Hono<AppEnv>()
  .get("/:name", requireScope("config:read"), valid("param", configName), async (c) => {
    const { name } = c.req.valid("param");
    const found = await c.var.services.configs.get(name);
    if (found === null) throw problem("not-found", { detail: "There is no config of this name." });
    return answerTagged(c, { name, ...found }, etagOf(found));
  })

  .patch(
    "/:name",
    requireScope("config:write"),
    jsonBody(),
    valid("param", configName),
    valid("json", configChanges),
    async (c) => {
      const { name } = c.req.valid("param");
      const expected = expectedBy(c.req.header("If-Match"));
      const updated = await c.var.services.configs.update(
        name,
        c.req.valid("json"),
        expected === undefined ? {} : { expected },
      );
      if (updated.kind === "refused") throw refused(updated.because);
      if (updated.kind === "conflict") throw anotherVersion(updated.version);
      return c.json({ name, ...updated.config }, 200, { ETag: etagOf(updated.config) });
    },
  );

const etagOf = ({ version }: Config): string => `"${version}"`;

/** A tag that this API has given to nothing is no version: it matches none. */
function expectedBy(header: string | undefined): Expected | undefined {
  if (header === undefined) return undefined;
  const tags = ifMatch(header);
  return tags === "*" ? "any" : tags.filter((tag) => /^[1-9]\d{0,15}$/.test(tag)).map(Number);
}

const anotherVersion = (version: number) =>
  problem("precondition-failed", {
    detail:
      version === 0
        ? "There is no config of this name yet."
        : `The config has version ${version} by now. Nothing has changed.`,
  });

function refused(because: ConfigFault) {
  if (because === "too-large") {
    return problem("content-too-large", { detail: "A config has at most 128 fields and 64 KiB." });
  }
  const message =
    because === "field-name"
      ? "has a field whose name is not 1 to 128 of the characters A-Z a-z 0-9 . _ ~ : @ -, or is __proto__"
      : "has a field with a key called __proto__ in it";
  return problem("bad-request", { errors: [{ path: "", message }] });
}
