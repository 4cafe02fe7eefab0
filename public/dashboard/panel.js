// A panel: a part of the page that shows one thing, says since when it holds, and keeps its last values when no new ones come.

import { find } from "./dom.js";
import { refusalText } from "./form.js";
import { timeOfDay } from "./format.js";

/**
 * @typedef {object} Panel
 * @property {HTMLElement} root
 * @property {() => void} current what shows is as it is now
 * @property {(because: string) => void} stale what shows may be out of date
 * @property {() => void} forget what shows is of something else than is asked for now: nothing shows until it is answered
 * @property {(answer: import("./api.js").Answer) => void} follow `current` or `stale`, as an answer is
 */

/** @param {string} id @returns {Panel} */
export function createPanel(id) {
  const root = find(`#${id}`);
  const state = find(".state", root);
  /** @type {Date | null} */
  let since = null;

  function current() {
    since = new Date();
    root.dataset["state"] = "current";
    state.textContent = "";
  }

  /** @param {string} because */
  function stale(because) {
    root.dataset["state"] = since === null ? "none" : "stale";
    state.textContent = since === null ? because : `As of ${timeOfDay(since)}. ${because}`;
  }

  return {
    root,
    current,
    stale,
    forget() {
      since = null;
      stale("");
    },
    follow: (answer) => (answer.ok ? current() : stale(refusalText(answer))),
  };
}

/**
 * What a panel's refresh answers: the refusal, where one of its calls was refused.
 * @param {...import("./api.js").Answer} answers
 */
export const refusedOf = (...answers) => answers.find((answer) => !answer.ok) ?? null;
