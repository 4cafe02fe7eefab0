// The panel of rate limits: those of this page's calls, by their headers, and those that a person looks at.

import { element, find } from "./dom.js";
import { costOf, onSubmit } from "./form.js";
import { duration, number } from "./format.js";
import { limitsOf } from "./headers.js";

/**
 * @typedef {{ remaining: number, limit: number, resetsInSeconds: number }} LimitState
 * @typedef {{ policy?: string, name?: string, limit: number, remaining: number, resetAt: string }} Checked
 * @typedef {import("./api.js").Answer<{ success: boolean, reason?: string, limits: Checked[] }>} CheckAnswer
 */

/** Limits that somebody looked at, newest first: so many are shown. */
const SHOWN = 6;

/** @param {{ api: import("./api.js").Api }} options */
export function createLimits({ api }) {
  const root = find("#limits");
  /** @type {Map<string, LimitState>} those of this page's calls */
  const own = new Map();
  /** @type {Map<string, LimitState>} */
  let looked = new Map();

  function draw() {
    const items = [
      ...Array.from(own, ([name, state]) => limitItem(name, "this page’s calls", state)),
      ...Array.from(looked, ([name, state]) => limitItem(name, "", state)),
    ];
    find("#limit-list", root).replaceChildren(...items);
  }

  const form = /** @type {HTMLFormElement} */ (find("#limit", root));
  onSubmit(form, async (field, button) => {
    const identifier = field("identifier");
    const policy = field("policy");
    const limit =
      policy === ""
        ? {
            name: field("name"),
            limit: Number(field("limit")),
            windowSeconds: Number(field("windowSeconds")),
            algorithm: "sliding",
          }
        : { policy };
    /** @type {CheckAnswer} */
    const answer = await api.post("/v1/limits/check", {
      body: { limits: [{ ...limit, identifier, cost: Number(button) }] },
    });
    if (!answer.ok) return answer;
    const { success, reason, limits } = answer.body;
    if (reason !== undefined) return "Redis is away: nobody knows.";
    for (const checked of limits) {
      const resetsInSeconds = Math.max(0, Math.ceil((Date.parse(checked.resetAt) - Date.now()) / 1_000));
      const name = `${checked.policy ?? checked.name} · ${identifier}`;
      looked.delete(name);
      looked = new Map(
        [/** @type {const} */ ([name, { ...checked, resetsInSeconds }]), ...looked].slice(0, SHOWN),
      );
    }
    draw();
    if (button === "0") return `Looked at.${costOf(answer.call)}`;
    return `${success ? "May pass." : "Refused, and nothing taken."}${costOf(answer.call)}`;
  });

  const policy = /** @type {HTMLSelectElement} */ (find("[name=policy]", form));
  policy.addEventListener("change", () => {
    // A policy of the service has its own numbers.
    for (const label of form.querySelectorAll("[data-own]")) {
      if (!(label instanceof HTMLElement)) continue;
      label.hidden = policy.value !== "";
      for (const input of label.querySelectorAll("input")) input.disabled = label.hidden;
    }
  });

  return {
    /** @param {import("./api.js").Call} call */
    note({ headers }) {
      for (const { name, limit, remaining, resetSeconds } of limitsOf(headers)) {
        own.set(name, { limit, remaining, resetsInSeconds: resetSeconds });
      }
      draw();
    },
  };
}

/** @param {string} name @param {string} of @param {LimitState} state */
function limitItem(name, of, { limit, remaining, resetsInSeconds }) {
  const used = limit - remaining;
  const text = `${number(remaining)} of ${number(limit)} left`;
  const more = remaining < limit ? `, more in ${duration(resetsInSeconds)}` : "";
  const meter = element(
    "meter",
    { min: "0", max: String(limit), value: String(used), "aria-label": `${name}: used` },
    text,
  );
  return element(
    "li",
    remaining === 0 ? { class: "full" } : {},
    element(
      "p",
      { class: "title" },
      element("strong", {}, name),
      " ",
      element("span", { class: "quiet" }, of),
    ),
    meter,
    element("p", { class: "quiet" }, `${text}${more}`),
  );
}
