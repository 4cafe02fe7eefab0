// The dashboard: its parts, put together.

import { createApi } from "./api.js";
import { createCache } from "./cache.js";
import { createCounters } from "./counters.js";
import { find } from "./dom.js";
import { createEvents } from "./events.js";
import { showGate } from "./gate.js";
import { createHealth } from "./health.js";
import { findKey, forgetKey } from "./key.js";
import { createLeaderboard } from "./leaderboard.js";
import { createLimits } from "./limits.js";
import { createPoller } from "./poller.js";
import { createPrices } from "./prices.js";
import { createQueues } from "./queues.js";
import { createSubscriptions } from "./subscriptions.js";

const EVERY_SECONDS = 10;

/** @type {import("./key.js").CheckKey} */
async function checkKey(key) {
  const answer = await createApi({ key, onCall: () => {} }).get("/v1/counters?names=views");
  if (answer.call.status === 0) return "unanswered";
  return answer.call.status === 401 ? "unknown" : "known";
}

/** @param {string} text */
const tell = (text) => {
  // Anew, though it be the same: it has happened again.
  find("#told").textContent = text;
};

/** Whether a refusal lies in the moment, and not in what was asked. @param {number} status */
const isPassing = (status) => status === 0 || status === 429 || status >= 500;

/** @param {string} key */
function run(key) {
  const prices = createPrices({ everySeconds: EVERY_SECONDS });
  const api = createApi({ key, onCall });
  const polled = createApi({ key, onCall, polled: true });
  const limits = createLimits({ api });
  const health = createHealth({ api: polled, tell });
  const events = createEvents({ api, key, tell, onUnknownKey });
  createCache({ api });
  const panels = [
    createCounters({ api }),
    createQueues({ api }),
    createSubscriptions({ api }),
    createLeaderboard({ api }),
  ];
  /** What the key may not see is not asked for again. @type {Set<typeof panels[number]>} */
  const closed = new Set();

  /** @param {import("./api.js").Call} call */
  function onCall(call) {
    prices.note(call);
    limits.note(call);
    if (call.status === 401) onUnknownKey();
  }

  let isAway = false;
  const poller = createPoller({
    everyMs: EVERY_SECONDS * 1_000,
    async round() {
      prices.beginRound();
      const because = await health.refresh();
      if (because !== "") {
        isAway = true;
        // What needs Redis would fail: /readyz alone is asked until it is back.
        for (const panel of panels) panel.stale(because);
        return { well: false, waitSeconds: 0 };
      }
      if (isAway) events.wake();
      isAway = false;
      const open = panels.filter((panel) => !closed.has(panel));
      const refusals = await Promise.all(open.map((panel) => panel.refresh(polled)));
      prices.endRound();
      open.forEach((panel, index) => refusals[index]?.call.status === 403 && closed.add(panel));
      const failed = refusals.flatMap((refusal) =>
        refusal === null || !isPassing(refusal.call.status) ? [] : [refusal.call],
      );
      const waits = failed.map(({ headers }) => Number(headers.get("Retry-After") ?? 0));
      return { well: failed.length === 0, waitSeconds: Math.max(0, ...waits) };
    },
  });

  let isStopped = false;
  /** Calls that were under way may each say so. */
  function onUnknownKey() {
    if (isStopped) return;
    isStopped = true;
    poller.stop();
    events.stop();
    forgetKey();
    showGate({ check: checkKey, because: "The key is not known any more." });
  }

  const pause = find("#pause");
  pause.addEventListener("click", () => {
    const isPaused = pause.getAttribute("aria-pressed") !== "true";
    pause.setAttribute("aria-pressed", String(isPaused));
    events.pause(isPaused);
    if (isPaused) poller.stop();
    else poller.start();
  });
  const change = find("#change-key");
  change.addEventListener("click", () => {
    forgetKey();
    location.reload();
  });
  for (const shown of [find("#health"), pause, change, find("#panels")]) shown.hidden = false;
  events.follow();
  poller.start();
}

const key = await findKey(checkKey);
if (key === null) showGate({ check: checkKey, because: "" });
else run(key);
