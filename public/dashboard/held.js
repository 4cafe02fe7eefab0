// The messages that were received on this page, until they are done or given back.

import { url } from "./api.js";
import { actionButton, element, find, onAction, redraw } from "./dom.js";
import { costOf } from "./form.js";
import { plural } from "./format.js";
import { item } from "./items.js";

const VISIBILITY_SECONDS = 60;

/**
 * @typedef {{ id: string, receipt: string, body: unknown, attempts: number }} Message
 * @typedef {Message & { queue: string }} Held
 * @typedef {import("./api.js").Answer<{ messages: Message[] }>} ReceiveAnswer
 */

/**
 * @param {object} options
 * @param {import("./api.js").Api} options.api
 * @param {ReturnType<typeof import("./form.js").createAction>} options.run
 * @param {() => void} options.onDone
 */
export function createHeld({ api, run, onDone }) {
  const list = find("#held-list");
  /** @type {Held[]} */
  let messages = [];

  function draw() {
    find("#held").hidden = messages.length === 0;
    redraw(list, messages.map(heldItem));
  }

  /** @param {string} queue */
  async function receive(queue) {
    /** @type {ReceiveAnswer} */
    const answer = await api.post(url`/v1/queues/${queue}/receive`, {
      body: { visibilitySeconds: VISIBILITY_SECONDS },
    });
    if (!answer.ok) return answer;
    onDone();
    const [message] = answer.body.messages;
    if (message === undefined) return `Nothing is ready in ${queue}.${costOf(answer.call)}`;
    messages = [...messages, { ...message, queue }];
    draw();
    return `Received: for ${VISIBILITY_SECONDS} s nobody else gets it.${costOf(answer.call)}`;
  }

  /** @param {string} action @param {Held} message */
  async function end(action, { queue, receipt }) {
    const path = url`/v1/queues/${queue}/messages/${receipt}`;
    const answer =
      action === "ack" ? await api.remove(path) : await api.patch(path, { body: { visibilitySeconds: 0 } });
    // 404 and 409: somebody else has it, or is done with it. Either way it is not ours any more.
    if (answer.ok || answer.call.status === 404 || answer.call.status === 409) {
      messages = messages.filter((held) => held.receipt !== receipt);
      draw();
      onDone();
    }
    if (!answer.ok) return answer;
    return `${action === "ack" ? "Done, and gone." : "Given back."}${costOf(answer.call)}`;
  }

  onAction(list, (action, id) => {
    const message = messages.find((held) => held.id === id);
    if (message !== undefined) run(() => end(action, message));
  });

  return { receive };
}

/** @param {Held} message */
const heldItem = ({ id, queue, body, attempts }) =>
  item({
    title: [queue, " ", element("span", { class: "quiet" }, plural(attempts, "attempt"))],
    body: [element("code", { class: "line" }, JSON.stringify(body))],
    actions: [actionButton("ack", "Done", id), actionButton("return", "Give back", id)],
  });
