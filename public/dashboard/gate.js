// Asks for the key.

import { find } from "./dom.js";
import { keepKey } from "./key.js";

/**
 * @param {object} options
 * @param {import("./key.js").CheckKey} options.check
 * @param {string} options.because why it is asked for; may be empty
 */
export function showGate({ check, because }) {
  const gate = /** @type {HTMLFormElement} */ (find("#gate"));
  const input = /** @type {HTMLInputElement} */ (find("#gate-key"));
  const output = find("output", gate);
  find("#panels").hidden = true;
  gate.hidden = false;
  output.textContent = because;
  input.focus();

  async function tryKey() {
    const key = input.value.trim();
    output.textContent = "…";
    const standing = await check(key);
    if (standing === "known") {
      keepKey(key);
      // The page begins anew, with it.
      location.reload();
    } else {
      output.textContent =
        standing === "unknown" ? "The key is not known." : "The Worker does not answer. Try again.";
    }
  }

  gate.addEventListener("submit", (event) => {
    event.preventDefault();
    void tryKey();
  });
}
