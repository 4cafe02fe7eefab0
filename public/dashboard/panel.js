// A panel: a part of the page that shows one thing, says since when it holds, and keeps its last values when no new ones come.

import { find } from "./dom.js";
import { refusalText } from "./form.js";
import { timeOfDay } from "./format.js";

/**
 * @typedef {object} Panel
 * @property {HTMLElement} root
 * @property {(answer: import("./api.js").Answer) => void} follow what shows is now this answer's, or is left as it was
 * @property {(because: string) => void} stale what shows may be out of date
 */

/** @param {string} id @returns {Panel} */
export function createPanel(id) {
  const root = find(`#${id}`);
  const state = find(".state", root);
  /** @type {Date | null} */
  let since = null;

  /** @param {string} because */
  function stale(because) {
    root.dataset["state"] = "stale";
    state.textContent = since === null ? because : `As of ${timeOfDay(since)}. ${because}`;
  }

  return {
    root,
    stale,
    follow(answer) {
      if (!answer.ok) return stale(refusalText(answer));
      since = new Date();
      root.dataset["state"] = "current";
      state.textContent = "";
    },
  };
}

/**
 * What a panel's refresh answers: the refusal, where one of its calls was refused.
 * @param {...import("./api.js").Answer} answers
 */
export const refusedOf = (...answers) => answers.find((answer) => !answer.ok) ?? null;
