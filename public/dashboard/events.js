// The panel of live events.

import { url } from "./api.js";
import { element, find, say } from "./dom.js";
import { costOf, jsonOf, mistyped, onSubmit } from "./form.js";
import { plural, timeOfDay } from "./format.js";
import { createLive } from "./live.js";
import { remember } from "./names.js";
import { createPanel } from "./panel.js";

const KEPT = 100;
/** What is shown of the past when the page is opened. */
const PAST_MS = 300_000;
const ANNOUNCE_MS = 10_000;

/** @typedef {import("./live.js").SedgeEvent} SedgeEvent */

const REFUSED = new Map([
  [400, "This is no channel or pattern."],
  [403, "The key needs the scope events:read."],
]);

/**
 * @param {object} options
 * @param {import("./api.js").Api} options.api
 * @param {string} options.key
 * @param {(text: string) => void} options.tell says something to who does not see the page
 * @param {() => void} options.onUnknownKey
 */
export function createEvents({ api, key, tell, onUnknownKey }) {
  const panel = createPanel("events");
  const { root } = panel;
  const pattern = /** @type {HTMLInputElement} */ (find("[name=pattern]", root));
  const feed = find("#feed", root);
  const empty = find(".empty", root);
  const state = find("#live-state", root);
  /** @type {(SedgeEvent | null)[]} newest first; null where some are missing */
  let shown = [];
  let isPaused = false;
  let isDrawn = true;
  let unannounced = 0;

  const live = createLive({
    key,
    onEvent(event) {
      add(event);
      unannounced += 1;
    },
    onGap: () => add(null),
    onState(now) {
      if (now.kind === "refused" && now.status === 401) return onUnknownKey();
      say(state, now.kind === "live" ? "Live." : "");
      if (now.kind === "live") panel.current();
      if (now.kind === "away") panel.stale("Cut off; trying again.");
      if (now.kind === "refused") panel.stale(REFUSED.get(now.status) ?? `The answer was ${now.status}.`);
    },
  });

  /** @param {SedgeEvent | null} event */
  function add(event) {
    shown = [event, ...shown].slice(0, KEPT);
    if (isDrawn && !isPaused) {
      isDrawn = false;
      // However many come at once: the list is drawn once.
      requestAnimationFrame(draw);
    }
  }

  function draw() {
    isDrawn = true;
    empty.hidden = shown.length > 0;
    feed.hidden = shown.length === 0;
    feed.replaceChildren(...shown.map(row));
  }

  function follow() {
    shown = [];
    draw();
    panel.forget();
    live.follow(pattern.value, `${Date.now() - PAST_MS}-0`);
  }

  // Not each event by itself: who listens would hear nothing else.
  setInterval(() => {
    if (unannounced > 0 && !isPaused) tell(`${plural(unannounced, "event")} more.`);
    unannounced = 0;
  }, ANNOUNCE_MS);

  /** @param {string} channel @param {{ data: unknown, type?: string, key?: string }} event */
  async function publish(channel, event) {
    const answer = await api.post(url`/v1/channels/${channel}/events`, { body: event });
    return answer.ok ? `Published ${answer.body.id}.${costOf(answer.call)}` : answer;
  }

  remember(pattern, follow);
  const form = /** @type {HTMLFormElement} */ (find("#publish", root));
  const run = onSubmit(form, async (field) => {
    const data = jsonOf(field("data"));
    if (data === undefined) return mistyped("The data is not JSON: a text stands in quotes");
    const [type, about] = [field("type"), field("key")];
    return publish(field("channel"), { data, ...(type && { type }), ...(about && { key: about }) });
  });
  find("#sample-event", root).addEventListener("click", () =>
    run(() => publish("user:events", { type: "viewed", key: "42", data: { userId: "42", page: "/" } })),
  );

  return {
    follow,
    /** Another try at once, where it is cut off. */
    wake: () => live.wake(),
    stop: () => live.stop(),
    /** Events come on, and are drawn later. @param {boolean} now */
    pause(now) {
      isPaused = now;
      if (!now) draw();
    },
  };
}

/** @param {SedgeEvent | null} event */
function row(event) {
  if (event === null)
    return element("li", { class: "gap" }, "Events are missing here: the log no longer has them.");
  const { at, channel, type, key, data } = event;
  const text = JSON.stringify(data);
  return element(
    "li",
    {},
    element("time", { datetime: at }, timeOfDay(at)),
    " ",
    element("span", { class: "channel" }, channel),
    " ",
    element("span", { class: "type" }, [type, key].filter((part) => part !== null).join(" · ")),
    " ",
    element("code", { title: text }, text),
  );
}
