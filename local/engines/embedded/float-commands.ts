// INCRBYFLOAT and HINCRBYFLOAT in Redis's long doubles instead of the library's doubles.

import {
  ExpectedFloatError,
  HashValueNotFloatError,
  IncrByFloatNanOrInfinityError,
  RedisCommandError,
  RedisResult,
  RedisValue,
  WrongTypeRedisError,
  defineCommand,
  t,
} from "js-redis-server/core";
import { addLongDouble, formatLongDouble, parseLongDouble } from "./long-double.ts";
import type { LongDouble } from "./long-double.ts";

const ZERO: LongDouble = { mantissa: 0n, exponent: 0 };

function parseIncrement(text: string, ofInfinity: RedisCommandError): LongDouble {
  const value = parseLongDouble(text);
  if (value) return value;
  throw /^[+-]?inf(inity)?$/i.test(text) ? ofInfinity : new ExpectedFloatError();
}

function bulk(value: Buffer): RedisResult {
  return RedisResult.create(RedisValue.bulkString(value));
}

export const incrByFloatCommand = defineCommand({
  name: "incrbyfloat",
  schema: t.object({ key: t.key(), amount: t.string() }),
  flags: ["write", "fast"],
  keys: (args) => [args.key],
  execute(args, context) {
    const type = context.db.getType(args.key);
    if (type !== null && type !== "string") throw new WrongTypeRedisError();
    const present = context.db.getString(args.key);
    const current = present ? parseLongDouble(present.toString("latin1")) : ZERO;
    if (!current) throw new ExpectedFloatError();
    const next = Buffer.from(
      formatLongDouble(
        addLongDouble(current, parseIncrement(args.amount, new IncrByFloatNanOrInfinityError())),
      ),
    );
    context.db.setString(args.key, next, { keepTtl: true });
    return bulk(next);
  },
});

export const hincrByFloatCommand = defineCommand({
  name: "hincrbyfloat",
  schema: t.object({ key: t.key(), field: t.key(), amount: t.string() }),
  flags: ["write", "fast"],
  keys: (args) => [args.key],
  execute(args, context) {
    const increment = parseIncrement(args.amount, new RedisCommandError("value is NaN or Infinity"));
    const next = context.db.updateHash(args.key, (hash) => {
      const present = hash.getField(args.field);
      const current = present ? parseLongDouble(present.value.toString("latin1")) : ZERO;
      if (!current) throw new HashValueNotFloatError();
      const sum = Buffer.from(formatLongDouble(addLongDouble(current, increment)));
      hash.setField(args.field, sum, { forceDirty: true, keepTtl: true });
      return sum;
    });
    return bulk(next);
  },
});
