// The panel of prices: what each call of this page has last cost in Redis, and all of them together.

import { element, find, say } from "./dom.js";
import { milliseconds, number, plural } from "./format.js";
import { figuresOf } from "./items.js";

/** Calls of a person that are shown. */
const SHOWN = 8;

/** @typedef {import("./api.js").Call} Call */
/** @typedef {{ call: Call, times: number }} Row */

/** @param {{ everySeconds: number }} options how often the page asks by itself */
export function createPrices({ everySeconds }) {
  const root = find("#prices");
  const sum = { calls: 0, trips: 0, commands: 0 };
  let round = { calls: 0, commands: 0, names: new Set() };
  /** @type {Map<string, Row>} by method and path, newest last */
  const made = new Map();
  /** @type {Map<string, Row>} */
  const polled = new Map();

  function draw() {
    find("#price-numbers", root).replaceChildren(
      ...figuresOf([
        { label: "Requests", value: number(sum.calls) },
        { label: "Trips", value: number(sum.trips) },
        { label: "Commands", value: number(sum.commands) },
      ]),
    );
    find("#calls-made", root).replaceChildren(...[...made.values()].toReversed().slice(0, SHOWN).map(row));
    const heading = element("th", { colspan: "4", scope: "rowgroup" }, `Asked every ${everySeconds} s`);
    find("#calls-polled", root).replaceChildren(
      element("tr", {}, heading),
      ...Array.from(polled.values(), row),
    );
  }

  return {
    /** @param {Call} call */
    note(call) {
      const { price } = call;
      sum.calls += 1;
      sum.trips += price?.trips ?? 0;
      sum.commands += price?.commands ?? 0;
      const name = `${call.method} ${call.path}`;
      if (call.polled) {
        round.calls += 1;
        round.commands += price?.commands ?? 0;
        round.names.add(name);
      }
      const rows = call.polled ? polled : made;
      const times = (rows.get(name)?.times ?? 0) + 1;
      // What a person did goes to the top; what is polled keeps its place.
      if (!call.polled) rows.delete(name);
      rows.set(name, { call, times });
      draw();
    },
    beginRound() {
      round = { calls: 0, commands: 0, names: new Set() };
    },
    /** All of the round's calls were made: it is what a round costs. */
    endRound() {
      const aMinute = Math.round((round.commands * 60) / everySeconds);
      say(
        find("#price-polling", root),
        `While you look, it asks every ${everySeconds} s: ${plural(round.calls, "request")} and ` +
          `${plural(round.commands, "command")}, ${number(aMinute)} commands a minute. Events come by themselves.`,
      );
      // What another name was chosen in the place of is not asked for any more.
      for (const name of polled.keys()) if (!round.names.has(name)) polled.delete(name);
      draw();
    },
  };
}

/** @param {Row} row */
function row({ call: { method, path, status, price, totalMs }, times }) {
  const bad = status === 0 || status >= 400;
  return element(
    "tr",
    {},
    element(
      "th",
      { scope: "row", title: `${method} ${path}` },
      element("span", { class: "method" }, method),
      ` ${decodeURIComponent(path)} `,
      ...(bad
        ? [element("span", { class: "badge bad" }, status === 0 ? "no answer" : String(status)), " "]
        : []),
      ...(times > 1 ? [element("span", { class: "quiet" }, `×${number(times)}`)] : []),
    ),
    element("td", { class: "n" }, price === null ? "–" : number(price.trips)),
    element("td", { class: "n" }, price === null ? "–" : number(price.commands)),
    element("td", { class: "n" }, milliseconds(totalMs)),
  );
}
