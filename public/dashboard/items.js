// What the panels' lists are made of.

import { element } from "./dom.js";

/** A label and its number. @typedef {{ label: string, value: string, bad?: boolean }} Figure */

/** @param {readonly Figure[]} figures @returns {HTMLElement[]} what stands in a `dl` of numbers */
export const figuresOf = (figures) =>
  figures.map(({ label, value, bad = false }) =>
    element("div", bad ? { class: "bad" } : {}, element("dt", {}, label), element("dd", {}, value)),
  );

/**
 * @param {object} parts
 * @param {(Node | string)[]} parts.title
 * @param {readonly Figure[]} [parts.figures]
 * @param {(Node | string)[]} [parts.body]
 * @param {HTMLElement[]} [parts.actions]
 */
export function item({ title, figures = [], body = [], actions = [] }) {
  return element(
    "li",
    {},
    element("p", { class: "title" }, ...title),
    ...(figures.length > 0 ? [element("dl", { class: "numbers" }, ...figuresOf(figures))] : []),
    ...body,
    ...(actions.length > 0 ? [element("p", { class: "actions" }, ...actions)] : []),
  );
}
