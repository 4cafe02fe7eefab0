// Configs: typed fields, changed in part, with a version to compare and set by.

import { checkName, slot } from "../keys.ts";
import { decodeFields, encodeChanges } from "./fields.ts";
import { UPDATE, VERSION } from "./scripts.ts";
import type { Config, Configs, ConfigsOptions, ConfigUpdate, Expected, Fields } from "./types.ts";

type Reply = ["updated", version: number, ...flat: string[]] | ["conflict", version: number] | ["too-large"];

/**
 * Configs in Redis: a hash for each, whose fields are encoded values and whose version is a field beside them.
 *
 * Make one per request, from that request's `redis`: it is cheap.
 *
 * @throws InvalidNameError for a prefix that is none
 */
export function createConfigs({
  redis,
  prefix = "sedge",
  maxFields = 128,
  maxBytes = 65_536,
}: ConfigsOptions): Configs {
  checkName(prefix, "prefix");
  const keyOf = (name: string): string => `${prefix}:config:${slot(checkName(name, "name"))}`;

  return {
    async get<T extends Fields>(name: string): Promise<Config<T> | null> {
      const key = keyOf(name);
      // A flat array: the client leaves the reply as it is.
      const flat = await redis.send<string[]>((pipeline) => pipeline.hgetall(key));
      const at = flat.findIndex((text, i) => i % 2 === 0 && text === VERSION);
      if (at === -1) return null;
      return configOf<T>(Number(flat[at + 1]), flat.toSpliced(at, 2));
    },

    async update<T extends Fields>(
      name: string,
      changes: Fields,
      { expected }: { expected?: Expected } = {},
    ): Promise<ConfigUpdate<T>> {
      const key = keyOf(name);
      const encoded = encodeChanges(changes, { maxFields, maxBytes });
      if (typeof encoded === "string") return { kind: "refused", because: encoded };
      const { set, removed } = encoded;
      const args = [expectedText(expected), maxFields, maxBytes, set.length / 2, ...set, ...removed];
      const reply = await redis.run<Reply>(UPDATE, [key], args);
      if (reply[0] === "too-large") return { kind: "refused", because: reply[0] };
      if (reply[0] === "conflict") return { kind: "conflict", version: reply[1] };
      const [, version, ...flat] = reply;
      return { kind: "updated", config: configOf<T>(version, flat) };
    },
  };
}

/** The caller says what type the fields have, as for any store. */
const configOf = <T extends Fields>(version: number, flat: readonly string[]): Config<T> => ({
  version,
  values: decodeFields(flat) as T,
});

/** As the script takes it. */
function expectedText(expected: Expected | undefined): string {
  if (expected === undefined) return "";
  return expected === "any" ? "*" : ` ${[expected].flat().join(" ")} `;
}
