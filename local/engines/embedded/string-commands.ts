// What the library's string commands get wrong.

import { RedisResult, RedisValue, WrongTypeRedisError, defineCommand, t } from "js-redis-server/core";

/** GETRANGE: an end before the value's beginning means its first byte in Redis, and nothing in the library. */
export const getRangeCommand = defineCommand({
  name: "getrange",
  schema: t.object({ key: t.key(), start: t.integer(), end: t.integer() }),
  flags: ["readonly"],
  keys: (args) => [args.key],
  execute({ key, start, end }, context) {
    const type = context.db.getType(key);
    if (type !== null && type !== "string") throw new WrongTypeRedisError();
    const value = context.db.getString(key) ?? Buffer.alloc(0);
    const place = (offset: number): number => Math.max(offset < 0 ? value.length + offset : offset, 0);
    const nothing = start < 0 && end < 0 && start > end;
    const range = nothing ? Buffer.alloc(0) : value.subarray(place(start), place(end) + 1);
    return RedisResult.create(RedisValue.bulkString(range));
  },
});
