// Commands that store a result under a key. Redis overwrites whatever is there, its expiry too; the library refuses a
// destination of another type, and keeps the expiry.

import { randomUUID } from "node:crypto";
import type { CommandDefinition, CommandRegistry } from "js-redis-server/core";

const STORING: readonly string[] = [
  "sinterstore",
  "sunionstore",
  "sdiffstore",
  "zinterstore",
  "zunionstore",
  "zdiffstore",
  "zrangestore",
];

function hasDestination(args: unknown): args is { destination: Buffer } {
  return (
    typeof args === "object" && args !== null && "destination" in args && Buffer.isBuffer(args.destination)
  );
}

/** Stores under a key nobody knows first: where the command fails, the destination is as it was. */
function overwriting(definition: CommandDefinition): CommandDefinition {
  return {
    ...definition,
    execute(args, context) {
      if (!hasDestination(args)) return definition.execute(args, context);
      const scratch = Buffer.from(randomUUID());
      const result = definition.execute({ ...args, destination: scratch }, context);
      const value = context.db.get(scratch);
      context.db.delete(scratch);
      if (value) context.db.set(args.destination, value);
      else context.db.delete(args.destination);
      return result;
    },
  };
}

/** Puts definitions that overwrite in place of the library's. */
export function mendStoreCommands(registry: CommandRegistry): void {
  for (const name of STORING) {
    const definition = registry.get(name);
    if (definition) registry.override(overwriting(definition));
  }
}
