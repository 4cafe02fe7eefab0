// Descriptions: paragraphs, with code between backticks.

import { element } from "../dashboard/dom.js";

/** @param {string} text @returns {(Node | string)[]} */
export const inline = (text) =>
  text.split("`").map((part, index) => (index % 2 === 1 ? element("code", {}, part) : part));

/** @param {string} text */
export const paragraphs = (text) => text.split("\n\n").map((one) => element("p", {}, ...inline(one)));

/** A value as a person reads JSON; a text that is no JSON stays one. @param {unknown} value */
export const pretty = (value) => (typeof value === "string" ? value : JSON.stringify(value, null, 2));

/** Code that may be wider than the page: it scrolls by itself, by keyboard too. @param {string} label @param {string} text */
export const block = (label, text) =>
  element("pre", { tabindex: "0", role: "group", "aria-label": label }, element("code", {}, text));
