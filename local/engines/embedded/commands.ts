// The embedded engine's commands: the library's, with what it gets wrong put right.

import {
  RedisCommandError,
  RedisResult,
  RedisValue,
  WrongNumberOfArgumentsError,
  createRedisCommandRegistry,
  defineCommand,
  t,
} from "js-redis-server/core";
import type { CommandDefinition, CommandRegistry } from "js-redis-server/core";
import { hasArity } from "./arity.ts";
import { hincrByFloatCommand, incrByFloatCommand } from "./float-commands.ts";
import type { KeyIndex } from "./key-index.ts";
import { mendScanCommands } from "./scan.ts";
import { mendStoreCommands } from "./store-commands.ts";
import { mendStreamCommands } from "./stream-commands.ts";
import { getRangeCommand } from "./string-commands.ts";

const echoCommand = defineCommand({
  name: "echo",
  schema: t.object({ message: t.bulk() }),
  flags: ["readonly", "fast"],
  keys: () => [],
  execute: (args) => RedisResult.create(RedisValue.bulkString(args.message)),
});

/**
 * The same command, refused first where it has too few or too many words, whatever else is wrong with it; and with an
 * error reply for an exception from inside the library, which would end a script without a code word.
 */
function checked(definition: CommandDefinition): CommandDefinition {
  return {
    ...definition,
    schema: {
      parse(input, index, context) {
        if (hasArity(definition.name, input.length + 1) === false) {
          throw new WrongNumberOfArgumentsError(definition.name);
        }
        return definition.schema.parse(input, index, context);
      },
    },
    execute(args, context) {
      try {
        return definition.execute(args, context);
      } catch (error) {
        if (error instanceof RedisCommandError) throw error;
        throw new RedisCommandError(error instanceof Error ? error.message : String(error));
      }
    },
  };
}

/**
 * All commands the embedded engine knows.
 *
 * @param index the keys of its database.
 */
export function createCommands(index: KeyIndex): CommandRegistry {
  const registry = createRedisCommandRegistry([echoCommand]);
  registry.override(getRangeCommand);
  registry.override({ ...getRangeCommand, name: "substr" });
  registry.override(incrByFloatCommand);
  registry.override(hincrByFloatCommand);
  mendScanCommands(registry, index);
  mendStoreCommands(registry);
  mendStreamCommands(registry);
  for (const definition of registry.getAll()) registry.override(checked(definition));
  return registry;
}
