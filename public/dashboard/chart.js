// A chart of bars. It is stretched to its place, so its words stand beside it as text.

import { element, svg } from "./dom.js";
import { bucketTime, number, short } from "./format.js";

/** @typedef {{ at: string, value: number }} Bucket */

/**
 * @param {readonly Bucket[]} items oldest first
 * @param {string} bucket
 * @returns {Node[]}
 */
export function barsOf(items, bucket) {
  const top = Math.max(1, ...items.map(({ value }) => value));
  const bottom = Math.min(0, ...items.map(({ value }) => value));
  const height = 100 / (top - bottom);
  const zero = top * height;
  const bars = items.map(({ at, value }, index) =>
    svg(
      "g",
      {},
      // All of the column answers the pointer, however small its bar.
      svg("rect", { x: index, y: 0, width: 1, height: 100, class: "column" }),
      svg("rect", {
        x: index + 0.1,
        y: value < 0 ? zero : zero - value * height,
        width: 0.8,
        height: Math.abs(value) * height,
        class: value < 0 ? "bar below" : "bar",
      }),
      svg("title", {}, `${bucketTime(at, bucket)}: ${number(value)}`),
    ),
  );
  const chart = svg(
    "svg",
    { viewBox: `0 0 ${items.length} 100`, preserveAspectRatio: "none" },
    svg("line", { x1: 0, x2: items.length, y1: 0, y2: 0, class: "rule" }),
    svg("line", { x1: 0, x2: items.length, y1: 50, y2: 50, class: "rule" }),
    svg("line", { x1: 0, x2: items.length, y1: zero, y2: zero, class: "rule zero" }),
    ...bars,
  );
  const [first, last] = [items[0]?.at, items.at(-1)?.at];
  return [
    element("div", { class: "scale" }, element("span", {}, short(top)), element("span", {}, short(bottom))),
    chart,
    element(
      "div",
      { class: "times" },
      element("span", {}, first === undefined ? "" : bucketTime(first, bucket)),
      element("span", {}, last === undefined ? "" : bucketTime(last, bucket)),
    ),
  ];
}
