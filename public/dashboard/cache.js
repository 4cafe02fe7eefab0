// The panel of the cache: reads of products, and where their answers came from.

import { url } from "./api.js";
import { find, say } from "./dom.js";
import { costOf, mistyped, onSubmit } from "./form.js";
import { milliseconds, number, price } from "./format.js";
import { cacheOutcomeOf } from "./headers.js";
import { figuresOf } from "./items.js";
import { marksOf } from "./marks.js";

/** Reads that are shown one by one. */
const SHOWN = 30;
const SAMPLE = { name: "Walnut desk", price: 48_900, category: "furniture" };
const SAID = { hit: "Hit", miss: "Miss", stale: "Stale, and renewed behind it", bypass: "Redis was away" };

/**
 * @typedef {import("./headers.js").CacheOutcome} CacheOutcome
 * @typedef {{ id: number, name: string, price: number }} Product
 * @typedef {import("./api.js").Answer<Product>} ProductAnswer
 */

/** @param {{ api: import("./api.js").Api }} options */
export function createCache({ api }) {
  const root = find("#cache");
  const form = /** @type {HTMLFormElement} */ (find("#product", root));
  const id = /** @type {HTMLInputElement} */ (find("[name=id]", form));
  const amount = /** @type {HTMLInputElement} */ (find("[name=price]", form));
  /** @type {{ outcome: CacheOutcome, ms: number }[]} oldest first */
  let reads = [];

  async function read() {
    /** @type {ProductAnswer} */
    const answer = await api.get(url`/v1/products/${id.value.trim()}`, { anonymous: true });
    const outcome = cacheOutcomeOf(answer.call.headers);
    if (outcome !== null) reads = [...reads, { outcome, ms: answer.call.totalMs }];
    draw();
    if (!answer.ok) return answer;
    show(answer.body);
    return `${outcome === null ? "Read" : SAID[outcome]}.${costOf(answer.call)}`;
  }

  async function change() {
    const cents = Math.round(Number(amount.value) * 100);
    if (!Number.isSafeInteger(cents)) return mistyped("This is no price");
    /** @type {ProductAnswer} */
    const answer = await api.patch(url`/v1/products/${id.value.trim()}`, { body: { price: cents } });
    if (!answer.ok) return answer;
    show(answer.body);
    return `Changed: the next read misses, wherever it is.${costOf(answer.call)}`;
  }

  async function sample() {
    const outcome = await read();
    if (typeof outcome === "string" || outcome.call.status !== 404) return outcome;
    /** @type {ProductAnswer} */
    const made = await api.post("/v1/products", { body: SAMPLE });
    if (!made.ok) return made;
    id.value = String(made.body.id);
    return read();
  }

  /** @param {Product} product */
  function show(product) {
    say(find("#product-name", root), product.name);
    say(find("#product-price", root), price(product.price));
    // The one to be changed.
    if (document.activeElement !== amount) amount.value = (product.price / 100).toFixed(2);
  }

  function draw() {
    find(".empty", root).hidden = reads.length > 0;
    find("#reads", root).hidden = reads.length === 0;
    const count = (/** @type {CacheOutcome} */ kind) =>
      reads.filter(({ outcome }) => outcome === kind).length;
    const [hits, others] = [count("hit"), count("stale") + count("bypass")];
    find("#read-numbers", root).replaceChildren(
      ...figuresOf([
        { label: "Hits", value: number(hits) },
        { label: "Misses", value: number(count("miss")) },
        ...(others > 0 ? [{ label: "Stale or past it", value: number(others) }] : []),
        { label: "Hit rate", value: `${number((hits / Math.max(1, reads.length)) * 100)} %` },
      ]),
    );
    find("#read-marks", root).replaceChildren(
      ...marksOf(
        reads.slice(-SHOWN).map(({ outcome, ms }) => ({
          kind: outcome === "hit" ? "good" : outcome === "bypass" ? "bad" : "middling",
          text: `${SAID[outcome]}, ${milliseconds(ms)} ms`,
        })),
      ),
    );
  }

  const run = onSubmit(form, (_, button) => (button === "change" ? change() : read()));
  find("#sample-read", root).addEventListener("click", () => run(sample));
}
