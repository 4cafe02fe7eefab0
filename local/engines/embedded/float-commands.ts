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

/** A summand. An infinite one is refused as the sum would be. */
function parse(text: string, ofInfinity: RedisCommandError, ofOther: RedisCommandError): LongDouble {
  const value = parseLongDouble(text);
  if (value) return value;
  throw /^[+-]?inf(inity)?$/i.test(text) ? ofInfinity : ofOther;
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
    const present = context.db.getString(args.key)?.toString("latin1") ?? "0";
    const [infinite, none] = [new IncrByFloatNanOrInfinityError(), new ExpectedFloatError()];
    const sum = addLongDouble(parse(present, infinite, none), parse(args.amount, infinite, none));
    const next = Buffer.from(formatLongDouble(sum));
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
    const infinite = new RedisCommandError("value is NaN or Infinity");
    const increment = parse(args.amount, infinite, new ExpectedFloatError());
    const next = context.db.updateHash(args.key, (hash) => {
      const present = hash.getField(args.field)?.value.toString("latin1") ?? "0";
      const sum = addLongDouble(parse(present, infinite, new HashValueNotFloatError()), increment);
      const text = Buffer.from(formatLongDouble(sum));
      hash.setField(args.field, text, { forceDirty: true, keepTtl: true });
      return text;
    });
    return bulk(next);
  },
});
