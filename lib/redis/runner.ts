// Scripts by their SHA, and whole where Redis does not know them.

import { RedisCommandError } from "../errors.ts";
import type { Redis } from "./connection.ts";
import type { RunningMeter } from "./meter.ts";

export function createRunner(send: Redis["send"], meter: RunningMeter): Redis["run"] {
  return async function run<T>(...[script, keys, args]: Parameters<Redis["run"]>): Promise<T> {
    const argv = args.map(String);
    meter.add(script.commands - 1);
    try {
      return await send<T>((pipeline) => pipeline.evalsha(script.sha1, [...keys], argv));
    } catch (error) {
      if (!(error instanceof RedisCommandError && error.code === "NOSCRIPT")) throw error;
      return await send<T>((pipeline) => pipeline.eval(script.lua, [...keys], argv));
    }
  };
}
