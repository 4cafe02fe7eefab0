// The panel of a counter: its total, and when it came to be.

import { url } from "./api.js";
import { barsOf } from "./chart.js";
import { element, find, say } from "./dom.js";
import { costOf, onSubmit } from "./form.js";
import { bucketTime, number } from "./format.js";
import { remember } from "./names.js";
import { createPanel, refusedOf } from "./panel.js";

/** How many buckets are looked at. */
const LAST = new Map([
  ["minute", 60],
  ["hour", 48],
  ["day", 30],
]);

/** @typedef {import("./api.js").Answer<{ value: number }>} CounterAnswer */
/** @typedef {import("./api.js").Answer<{ items: import("./chart.js").Bucket[] }>} SeriesAnswer */

/** @param {{ api: import("./api.js").Api }} options */
export function createCounters({ api }) {
  const panel = createPanel("counters");
  const { root } = panel;
  const name = /** @type {HTMLInputElement} */ (find("[name=counter]", root));
  const bucket = /** @type {HTMLSelectElement} */ (find("[name=bucket]", root));

  async function refresh(by = api) {
    const [counter, step] = [name.value, bucket.value];
    const last = LAST.get(step) ?? 24;
    const [total, series] = await Promise.all([
      /** @type {Promise<CounterAnswer>} */ (by.get(url`/v1/counters/${counter}`)),
      /** @type {Promise<SeriesAnswer>} */ (
        by.get(url`/v1/counters/${counter}/series?bucket=${step}&last=${last}`)
      ),
    ]);
    // Another one was chosen meanwhile.
    if (counter !== name.value || step !== bucket.value) return null;
    const refused = refusedOf(total, series);
    panel.follow(refused ?? total);
    if (total.ok && series.ok) draw(total.body.value, series.body.items);
    return refused;
  }

  /** @param {number} total @param {readonly import("./chart.js").Bucket[]} items */
  function draw(total, items) {
    const sum = items.reduce((all, { value }) => all + value, 0);
    say(find("#total", root), number(total));
    say(
      find("#chart-summary", root),
      `in all, ${number(sum)} of it in the last ${items.length} ${bucket.value}s`,
    );
    find(".plot", root).replaceChildren(...barsOf(items, bucket.value));
    find(".empty", root).hidden = items.some(({ value }) => value !== 0);
    const rows = items.map(({ at, value }) =>
      element(
        "tr",
        {},
        element("th", { scope: "row" }, element("time", { datetime: at }, bucketTime(at, bucket.value))),
        element("td", { class: "n" }, number(value)),
      ),
    );
    find("tbody", root).replaceChildren(...rows.toReversed());
  }

  /** @param {number} by */
  async function increment(by) {
    const answer = await api.post(url`/v1/counters/${name.value}/increments`, { body: { by } });
    if (!answer.ok) return answer;
    void refresh();
    return `Now ${number(answer.body.value)}.${costOf(answer.call)}`;
  }

  function choose() {
    panel.forget();
    void refresh();
  }
  for (const input of [name, bucket]) remember(input, choose);
  const form = /** @type {HTMLFormElement} */ (find("#increment", root));
  const run = onSubmit(form, (field) => increment(Number(field("by"))));
  find("#sample-count", root).addEventListener("click", () => run(() => increment(1)));

  return { refresh, stale: panel.stale };
}
