// A list of a body whose length is bounded before its entries are looked at.

import * as v from "valibot";

/**
 * A list of `least` to `most` entries.
 *
 * valibot checks every entry before the length. A body has room for half a million of them, each wrong in two ways: so of a
 * list that is too long no more is checked than what shows that it is.
 */
export function boundedList<S extends v.GenericSchema>(entry: S, most: number, least = 1) {
  const rule = `must have ${least} to ${most} entries`;
  const list = v.pipe(v.array(entry, "must be a list"), v.minLength(least, rule), v.maxLength(most, rule));
  const run: (typeof list)["~run"] = list["~run"].bind(list);
  return Object.assign(list, {
    "~run": (({ value, ...rest }, config) =>
      run(
        { ...rest, value: Array.isArray(value) ? value.slice(0, most + 1) : value },
        config,
      )) satisfies typeof run,
  });
}
