// Scripts by their SHA, and whole where Redis does not know them.

import { RedisCommandError, RedisUnavailableError } from "../errors.ts";
import type { Redis } from "./connection.ts";
import type { RunningMeter } from "./meter.ts";

export function createRunner(send: Redis["send"], meter: RunningMeter): Redis["run"] {
  return async function run<T>(...[script, keys, args]: Parameters<Redis["run"]>): Promise<T> {
    const argv = args.map(String);
    const names = [...keys];
    // The pipeline counts the script as one command; what it calls is added, unless it was never sent.
    const charge = (commands = script.commands) => meter.add(commands - 1);
    try {
      const reply = await send<T>((pipeline) => pipeline.evalsha(script.sha1, names, argv));
      charge(script.billed?.(reply));
      return reply;
    } catch (error) {
      if (!(error instanceof RedisUnavailableError && error.reason === "breaker-open")) charge();
      if (!(error instanceof RedisCommandError && error.code === "NOSCRIPT")) throw error;
      return await send<T>((pipeline) => pipeline.eval(script.lua, names, argv));
    }
  };
}
