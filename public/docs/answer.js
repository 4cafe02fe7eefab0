// What a call was answered, as it comes.

import { element } from "../dashboard/dom.js";
import { plural } from "../dashboard/format.js";
import { priceOf } from "../dashboard/headers.js";
import { block } from "./prose.js";

/** A stream may go on for a quarter of an hour: of what it said, so many characters are shown. */
const MAX_SHOWN = 100_000;

/**
 * Makes a call, and shows its answer.
 * @param {HTMLElement} place is emptied
 * @param {HTMLElement} said a live region: what came of it in a line
 * @param {string} url @param {RequestInit & { signal: AbortSignal }} init
 */
export async function showAnswer(place, said, url, init) {
  place.replaceChildren();
  said.textContent = "…";
  const started = performance.now();
  try {
    const response = await fetch(url, { ...init, cache: "no-store" });
    const price = priceOf(response.headers.get("Server-Timing"));
    said.textContent = [
      `${response.status} ${response.statusText}`.trim(),
      `${Math.round(performance.now() - started)} ms`,
      ...(price === null ? [] : [`${plural(price.trips, "trip")}, ${plural(price.commands, "command")}`]),
    ].join(" · ");
    const headers = block(
      "Headers",
      [...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n"),
    );
    const body = block("Body", "");
    place.append(element("details", {}, element("summary", {}, "Headers"), headers), body);
    await showBody(/** @type {HTMLElement} */ (body.firstChild), response);
    body.hidden = body.textContent === "";
  } catch {
    if (init.signal.aborted) said.textContent += " · stopped";
    else said.textContent = "There was no answer.";
  }
}

/** @param {HTMLElement} target @param {Response} response */
async function showBody(target, response) {
  const type = response.headers.get("Content-Type") ?? "";
  if (!type.startsWith("text/event-stream")) {
    const text = await response.text();
    target.textContent = type.includes("json") ? prettyJson(text) : text;
    return;
  }
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  for (;;) {
    const { done = true, value } = (await reader?.read()) ?? {};
    if (done) return;
    target.textContent = (target.textContent + decoder.decode(value, { stream: true })).slice(-MAX_SHOWN);
  }
}

/** @param {string} text */
function prettyJson(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
