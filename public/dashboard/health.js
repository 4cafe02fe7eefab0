// Whether Redis, D1 and the scheduled function are well, in the page's head.

import { find, say } from "./dom.js";
import { duration } from "./format.js";

/**
 * @typedef {object} Readiness
 * @property {"ok" | "unavailable"} [redis]
 * @property {"ok" | "unavailable"} [database]
 * @property {"ok" | "late" | "never" | "unknown"} [scheduled]
 * @property {number | null} [lastScheduledRunAgeSeconds]
 * @property {string[]} [configuration]
 */

/**
 * @param {object} options
 * @param {import("./api.js").Api} options.api
 * @param {(text: string) => void} options.tell says something to who does not see the page
 */
export function createHealth({ api, tell }) {
  const root = find("#health");
  const trouble = find("#trouble");
  let last = "";

  return {
    /** @returns {Promise<string>} what keeps the page from new values; "" where nothing does */
    async refresh() {
      const answer = await api.get("/readyz", { anonymous: true });
      const found = /** @type {Readiness} */ (answer.ok ? answer.body : answer.problem);
      part("redis", found.redis === "ok", serviceText(found.redis));
      part("database", found.database === "ok", serviceText(found.database));
      part("scheduled", found.scheduled === "ok" || found.scheduled === "never", cronText(found));

      const because = troubleOf(answer, found);
      const wrong = [
        ...(because === "" ? [] : [`${because} What you see is as it was; trying again.`]),
        ...(found.database === "unavailable"
          ? ["D1 is away: products and users are as the cache has them."]
          : []),
        ...(found.scheduled === "late" ? ["The scheduled function has not run for five minutes."] : []),
        ...(found.configuration ?? []),
      ].join(" ");
      say(trouble, wrong);
      trouble.hidden = wrong === "";
      document.title = because === "" ? "Sedge" : `${because.replace(".", "")} · Sedge`;
      if (because !== last) tell(because === "" ? "All answers again." : wrong);
      last = because;
      return because;
    },
  };

  /** @param {string} name @param {boolean} isWell @param {string} text */
  function part(name, isWell, text) {
    const shown = find(`[data-part=${name}]`, root);
    shown.dataset["well"] = String(isWell);
    say(find("dd", shown), text);
  }
}

/** @param {import("./api.js").Answer} answer @param {Readiness} found */
function troubleOf(answer, found) {
  if (found.redis === "ok") return "";
  return found.redis === undefined && !answer.ok ? `${answer.problem.title}.` : "Redis is away.";
}

/** @param {"ok" | "unavailable" | undefined} state */
function serviceText(state) {
  if (state === undefined) return "unknown";
  return state === "ok" ? "answers" : "away";
}

/** @param {Readiness} found */
function cronText({ scheduled, lastScheduledRunAgeSeconds: age }) {
  if (age !== null && age !== undefined) return `${duration(age)} ago`;
  return scheduled === "never" ? "not yet" : "unknown";
}
