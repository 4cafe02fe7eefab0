// The panel of a leaderboard.

import { url } from "./api.js";
import { element, find } from "./dom.js";
import { costOf, onSubmit } from "./form.js";
import { number } from "./format.js";
import { remember } from "./names.js";
import { createPanel } from "./panel.js";

const SAMPLE = [
  { member: "alice", score: 1_500 },
  { member: "charlie", score: 1_700 },
  { member: "bob", score: 1_300 },
];

/**
 * @typedef {{ rank: number, member: string, score: number }} Place
 * @typedef {import("./api.js").Answer<{ total: number, items: Place[] }>} BoardAnswer
 */

/** @param {{ api: import("./api.js").Api }} options */
export function createLeaderboard({ api }) {
  const panel = createPanel("leaderboard");
  const { root } = panel;
  const board = /** @type {HTMLInputElement} */ (find("[name=board]", root));
  const period = /** @type {HTMLSelectElement} */ (find("[name=period]", root));

  async function refresh(by = api) {
    const [name, of] = [board.value, period.value];
    const path = of === "all" ? url`/v1/leaderboards/${name}` : url`/v1/leaderboards/${name}?period=${of}`;
    /** @type {BoardAnswer} */
    const answer = await by.get(path, { anonymous: true });
    // Another one was chosen meanwhile.
    if (name !== board.value || of !== period.value) return null;
    panel.follow(answer);
    if (!answer.ok) return answer;
    const { items } = answer.body;
    find(".empty", root).hidden = items.length > 0;
    find("#board", root).hidden = items.length === 0;
    find("tbody", root).replaceChildren(...items.map(row));
    return null;
  }

  /** @param {import("./api.js").Answer} answer @param {string} text */
  function outcome(answer, text) {
    if (!answer.ok) return answer;
    void refresh();
    return `${text}${costOf(answer.call)}`;
  }

  function choose() {
    panel.forget();
    void refresh();
  }
  for (const input of [board, period]) remember(input, choose);
  const form = /** @type {HTMLFormElement} */ (find("#score", root));
  const run = onSubmit(form, async (field) => {
    const answer = await api.put(url`/v1/leaderboards/${board.value}/members/${field("member")}`, {
      body: { score: Number(field("score")), mode: field("mode") },
    });
    if (!answer.ok) return answer;
    const { member, score, rank } = answer.body;
    return outcome(answer, `${member} has rank ${number(rank)}, with ${score.toLocaleString("en")}.`);
  });
  find("#sample-scores", root).addEventListener("click", () =>
    run(async () => {
      const path = url`/v1/leaderboards/${board.value}/scores`;
      return outcome(await api.post(path, { body: { mode: "best", items: SAMPLE } }), "Added.");
    }),
  );

  return { refresh, stale: panel.stale };
}

/** @param {Place} place */
const row = ({ rank, member, score }) =>
  element(
    "tr",
    {},
    element("td", { class: "n" }, number(rank)),
    element("th", { scope: "row" }, member),
    element("td", { class: "n" }, score.toLocaleString("en")),
  );
