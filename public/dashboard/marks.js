// A row of small marks, one for each outcome. Its shape says what its colour does.

import { element, unseen } from "./dom.js";

/** @typedef {{ kind: "good" | "middling" | "bad", text: string }} Mark */

/** @param {readonly Mark[]} marks @returns {HTMLElement[]} what stands in an `ol` of marks */
export const marksOf = (marks) =>
  marks.map(({ kind, text }) => element("li", { class: kind, title: text }, unseen(text)));
