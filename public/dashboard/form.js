// What a person does, and what came of it, told where it was done.

import { plural } from "./format.js";

/**
 * What an action answers: a text where it went well, else the refusal.
 * @typedef {Promise<string | import("./api.js").Refusal>} Outcome
 */

/**
 * Runs an action when a form is sent, one at a time, and tells its outcome in the form's `output`.
 * @param {HTMLFormElement} form @param {(field: (name: string) => string, button: string) => Outcome} act
 * @returns {ReturnType<typeof createAction>} runs another action in the form's place
 */
export function onSubmit(form, act) {
  const run = createAction(/** @type {HTMLOutputElement} */ (form.querySelector("output")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const fields = new FormData(form);
    const button = event.submitter instanceof HTMLButtonElement ? event.submitter.value : "";
    run(() => act((name) => textOf(fields.get(name)), button));
  });
  return run;
}

/**
 * @param {HTMLElement} output where the outcome is told: a live region
 * @returns {(act: () => Outcome) => void} does nothing while another action runs
 */
export function createAction(output) {
  let runs = false;

  /** @param {() => Outcome} act */
  async function perform(act) {
    try {
      const outcome = await act();
      output.classList.toggle("refused", typeof outcome !== "string");
      output.textContent = typeof outcome === "string" ? outcome : refusalText(outcome);
    } finally {
      runs = false;
    }
  }

  return function run(act) {
    if (runs) return;
    runs = true;
    output.classList.remove("refused");
    output.textContent = "…";
    void perform(act);
  };
}

/** @param {import("./api.js").Refusal} refusal */
export function refusalText({ problem: { title, detail, errors = [] } }) {
  const fields = errors.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
  return [title, ...(detail === undefined ? [] : [detail]), ...fields]
    .map((text) => text.replace(/\.$/, ""))
    .join(". ")
    .concat(".");
}

/** An input that cannot be sent. @param {string} title @returns {import("./api.js").Refusal} */
export const mistyped = (title) => ({
  ok: false,
  problem: { title },
  call: { method: "", path: "", status: 0, price: null, totalMs: 0, polled: false, headers: new Headers() },
});

/** @param {string} text @returns {unknown} undefined where it is none */
export function jsonOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param {FormDataEntryValue | null} value no field here is a file */
const textOf = (value) => (typeof value === "string" ? value.trim() : "");

/** `1 trip, 4 commands`. @param {import("./api.js").Call} call */
export const costOf = ({ price }) =>
  price === null ? "" : ` ${plural(price.trips, "trip")}, ${plural(price.commands, "command")}.`;
