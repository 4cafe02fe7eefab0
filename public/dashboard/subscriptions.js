// The panel of subscriptions: who gets the events, how far behind they are, and what came of the last deliveries.

import { url } from "./api.js";
import { actionButton, element, find, onAction, redraw } from "./dom.js";
import { costOf, createAction, onSubmit } from "./form.js";
import { number, plural, timeOfDay } from "./format.js";
import { item } from "./items.js";
import { marksOf } from "./marks.js";
import { createPanel } from "./panel.js";

const SHOWN = 20;
const OUTCOMES = 12;

/**
 * @typedef {object} Subscription
 * @property {string} id
 * @property {string} pattern
 * @property {string | null} url null where it is the Worker's own code
 * @property {"active" | "paused" | "disabled"} status
 * @property {number} lag
 * @property {number} delivered
 * @property {number} failed
 * @property {number} dead
 * @property {number} missed
 * @property {string | null} lastDeliveryAt
 *
 * @typedef {{ attempt: number, status: number | null, at: string, error: string | null }} Delivery
 * @typedef {import("./api.js").Answer<{ items: Subscription[] }>} ListAnswer
 * @typedef {import("./api.js").Answer<{ items: Delivery[] }>} DeliveriesAnswer
 */

/** @param {{ api: import("./api.js").Api }} options */
export function createSubscriptions({ api }) {
  const panel = createPanel("subscriptions");
  const { root } = panel;
  const list = find("#subscription-list", root);
  const run = createAction(find("#subscription-outcome", root));
  /** @type {Map<string, { of: string, items: readonly Delivery[] }>} outcomes, and of what state they are */
  const outcomes = new Map();

  async function refresh(by = api) {
    /** @type {ListAnswer} */
    const answer = await by.get(`/v1/subscriptions?limit=${SHOWN}`);
    if (!answer.ok) {
      panel.follow(answer);
      return answer;
    }
    const { items } = answer.body;
    const looks = await Promise.all(items.map((subscription) => look(subscription, by)));
    const refused = looks.find((refusal) => refusal !== null) ?? null;
    panel.follow(refused ?? answer);
    redraw(
      list,
      items.map((subscription) => subscriptionItem(subscription, outcomes.get(subscription.id)?.items)),
    );
    return refused;
  }

  /**
   * Its last outcomes are asked for where there are new ones: a quiet subscription costs nothing.
   * @param {Subscription} subscription @param {import("./api.js").Api} by @returns {Promise<import("./api.js").Refusal | null>}
   */
  async function look({ id, delivered, failed, missed }, by) {
    const of = `${delivered} ${failed} ${missed}`;
    const known = outcomes.get(id);
    if (known?.of === of || (known === undefined && of === "0 0 0")) return null;
    /** @type {DeliveriesAnswer} */
    const answer = await by.get(url`/v1/subscriptions/${id}/deliveries?limit=${OUTCOMES}`);
    if (!answer.ok) return answer;
    outcomes.set(id, { of, items: answer.body.items });
    return null;
  }

  /** @param {import("./api.js").Answer<any>} answer @param {(body: any) => string} text */
  function outcome(answer, text) {
    if (!answer.ok) return answer;
    void refresh();
    return `${text(answer.body)}${costOf(answer.call)}`;
  }

  /** @param {string} action @param {string} id */
  async function act(action, id) {
    const path = url`/v1/subscriptions/${id}`;
    if (action === "pause")
      return outcome(await api.patch(path, { body: { status: "paused" } }), () => "Paused.");
    if (action === "resume")
      return outcome(await api.patch(path, { body: { status: "active" } }), () => "Goes on.");
    if (action === "replay") {
      return outcome(
        await api.post(`${path}/dead/replay`),
        ({ replayed }) => `${plural(replayed, "dead letter")} replayed.`,
      );
    }
    if (!confirm(`Delete the subscription ${id}? Its webhook gets nothing more.`)) return "Not deleted.";
    return outcome(await api.remove(path), () => "Deleted.");
  }

  onAction(list, (action, id) => run(() => act(action, id)));
  const form = /** @type {HTMLFormElement} */ (find("#subscribe", root));
  onSubmit(form, async (field) => {
    const body = { pattern: field("pattern"), url: field("url"), start: field("start") };
    return outcome(
      await api.post("/v1/subscriptions", { body }),
      ({ secret }) => `Subscribed. Its webhooks are signed with ${secret}, which is shown this once.`,
    );
  });

  return { refresh, stale: panel.stale };
}

/** @param {Subscription} subscription @param {readonly Delivery[]} [deliveries] newest first */
function subscriptionItem(
  { id, pattern, url: target, status, lag, delivered, failed, dead, missed },
  deliveries = [],
) {
  const last = deliveries[0];
  const failure = deliveries.find(({ error }) => error !== null);
  return item({
    title: [
      element("strong", {}, pattern),
      " ",
      element("span", { class: "target" }, target ?? `${id}, in code`),
      " ",
      element("span", { class: `badge ${status}` }, status),
    ],
    figures: [
      { label: "Lag", value: number(lag) },
      { label: "Delivered", value: number(delivered) },
      { label: "Failed", value: number(failed) },
      { label: "Dead", value: number(dead), bad: dead > 0 },
      ...(missed > 0 ? [{ label: "Missed", value: number(missed), bad: true }] : []),
    ],
    body: [
      ...(last === undefined
        ? []
        : [
            element(
              "ol",
              { class: "marks", "aria-label": "Last deliveries, oldest first" },
              ...marksOf(deliveries.map(markOf).toReversed()),
            ),
          ]),
      ...(failure === undefined
        ? []
        : [
            element(
              "p",
              { class: "quiet" },
              `${timeOfDay(failure.at)}, attempt ${failure.attempt}: ${failure.error}`,
            ),
          ]),
    ],
    // What is code is paused by nobody.
    actions: [
      ...(target === null
        ? []
        : [status === "active" ? actionButton("pause", "Pause", id) : actionButton("resume", "Resume", id)]),
      ...(dead > 0 ? [actionButton("replay", `Replay ${plural(dead, "dead letter")}`, id)] : []),
      ...(target === null ? [] : [actionButton("delete", "Delete", id)]),
    ],
  });
}

/** @param {Delivery} delivery @returns {import("./marks.js").Mark} */
const markOf = ({ status, error, at }) => ({
  kind: error === null ? "good" : "bad",
  text: `${timeOfDay(at)}: ${error ?? `taken${status === null ? "" : `, ${status}`}`}`,
});
