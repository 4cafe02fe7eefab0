// The panel of queues: how much waits, for how long, and a worker by hand.

import { url } from "./api.js";
import { actionButton, element, find, onAction, redraw } from "./dom.js";
import { costOf, createAction, jsonOf, mistyped, onSubmit } from "./form.js";
import { duration, number, plural } from "./format.js";
import { createHeld } from "./held.js";
import { item } from "./items.js";
import { remember } from "./names.js";
import { createPanel, refusedOf } from "./panel.js";

/** Each is a call in every round. */
const MOST_QUEUES = 5;

/**
 * @typedef {{ queue: string, ready: number, inFlight: number, delayed: number, dead: number, oldestAgeSeconds: number }} Queue
 * @typedef {import("./api.js").Answer<Queue>} QueueAnswer
 */

/** @param {{ api: import("./api.js").Api }} options */
export function createQueues({ api }) {
  const panel = createPanel("queues");
  const { root } = panel;
  const names = /** @type {HTMLInputElement} */ (find("[name=queues]", root));
  const list = find("#queue-list", root);
  const run = createAction(find("#queue-outcome", root));
  const held = createHeld({ api, run, onDone: () => void refresh() });

  const chosen = () => {
    const all = names.value.split(",").map((name) => name.trim());
    return [...new Set(all.filter((name) => name !== ""))].slice(0, MOST_QUEUES);
  };

  async function refresh(by = api) {
    const asked = names.value;
    const answers = await Promise.all(
      chosen().map((name) => /** @type {Promise<QueueAnswer>} */ (by.get(url`/v1/queues/${name}`))),
    );
    // Others were chosen meanwhile.
    if (asked !== names.value) return null;
    const refused = refusedOf(...answers);
    const first = refused ?? answers[0];
    if (first !== undefined) panel.follow(first);
    if (refused === null) draw(answers.flatMap((answer) => (answer.ok ? [answer.body] : [])));
    return refused;
  }

  /** @param {readonly Queue[]} queues */
  function draw(queues) {
    redraw(list, queues.map(queueItem));
    find(".empty", root).hidden = queues.some(
      ({ ready, inFlight, delayed, dead }) => ready + inFlight + delayed + dead > 0,
    );
  }

  function offer() {
    find("#send-queue", root).replaceChildren(...chosen().map((name) => element("option", {}, name)));
  }

  /** @param {string} queue @param {object} message */
  async function send(queue, message) {
    const answer = await api.post(url`/v1/queues/${queue}/messages`, { body: message });
    if (!answer.ok) return answer;
    void refresh();
    return `Sent to ${queue}.${costOf(answer.call)}`;
  }

  /** @param {string} queue */
  async function redrive(queue) {
    const answer = await api.post(url`/v1/queues/${queue}/dead/redrive`);
    if (!answer.ok) return answer;
    void refresh();
    return `${plural(answer.body.moved, "message")} of ${queue} may be tried again.${costOf(answer.call)}`;
  }

  remember(names, () => {
    panel.forget();
    offer();
    void refresh();
  });
  offer();
  onAction(list, (action, queue) => run(() => (action === "receive" ? held.receive(queue) : redrive(queue))));
  const form = /** @type {HTMLFormElement} */ (find("#send", root));
  const runForm = onSubmit(form, async (field) => {
    const body = jsonOf(field("body"));
    if (body === undefined) return mistyped("The body is not JSON: a text stands in quotes");
    return send(field("queue"), { body, delaySeconds: Number(field("delay")) });
  });
  find("#sample-message", root).addEventListener("click", () => {
    const [queue = "mails"] = chosen();
    return runForm(() => send(queue, { body: { to: "ada@example.com", template: "welcome" } }));
  });

  return { refresh, stale: panel.stale };
}

/** @param {Queue} queue */
function queueItem({ queue, ready, inFlight, delayed, dead, oldestAgeSeconds }) {
  const waits = ready + inFlight + delayed > 0;
  return item({
    title: [element("strong", {}, queue)],
    figures: [
      { label: "Ready", value: number(ready) },
      { label: "In flight", value: number(inFlight) },
      { label: "Delayed", value: number(delayed) },
      { label: "Oldest", value: waits ? duration(oldestAgeSeconds) : "–" },
      { label: "Dead", value: number(dead), bad: dead > 0 },
    ],
    actions: [
      actionButton("receive", "Receive one", queue),
      ...(dead > 0 ? [actionButton("redrive", "Try dead ones again", queue)] : []),
    ],
  });
}
