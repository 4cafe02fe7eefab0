// The API's reference: /openapi.json for people, with requests that can be tried.

import { element, find, say } from "../dashboard/dom.js";
import { plural } from "../dashboard/format.js";
import { findKey, keepKey } from "../dashboard/key.js";
import { partsOf } from "./model.js";
import { anchorOf, showOperation, signature } from "./operation.js";
import { inline, paragraphs } from "./prose.js";

/** @typedef {import("./model.js").Operation} Operation */

const keyInput = /** @type {HTMLInputElement} */ (find("#key"));
const filter = /** @type {HTMLInputElement} */ (find("#filter"));

/** @type {import("../dashboard/key.js").CheckKey} */
const checkKey = async (key) =>
  fetch("/v1/counters?names=views", { headers: { Authorization: `Bearer ${key}` } }).then(
    ({ status }) => (status === 401 ? "unknown" : "known"),
    () => "unanswered",
  );

/** @param {import("./model.js").Document} document */
function show(document) {
  find("#about").append(...paragraphs(document.info.description));
  const parts = partsOf(document);
  /** What is found by a text. @type {{ operation: Operation, shown: HTMLElement[] }[]} */
  const entries = [];

  for (const { name, description, operations } of parts) {
    const section = element(
      "section",
      { "aria-labelledby": `part-${name}` },
      element("h2", { id: `part-${name}` }, name),
      element("p", { class: "quiet" }, ...inline(description)),
    );
    const list = element("ul");
    for (const operation of operations) {
      const link = element(
        "li",
        {},
        element("a", { href: `#${anchorOf(operation)}` }, ...signature(operation)),
      );
      const details = showOperation(document, operation, () => keyInput.value.trim());
      list.append(link);
      section.append(details);
      entries.push({ operation, shown: [link, details] });
    }
    find("#links").append(element("p", { class: "part" }, name), list);
    find("#parts").append(section);
  }

  filter.addEventListener("input", () => narrow(entries, filter.value));
  addEventListener("hashchange", openLinked);
  openLinked();
}

/** Shows what has all words of a text. @param {{ operation: Operation, shown: HTMLElement[] }[]} entries @param {string} text */
function narrow(entries, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const { operation, shown } of entries) {
    const { method, path, summary, operationId, tags } = operation;
    const said = [method, path, summary, operationId, ...tags].join(" ").toLowerCase();
    const fits = words.every((word) => said.includes(word));
    if (fits) count += 1;
    for (const part of shown) part.hidden = !fits;
  }
  for (const section of document.querySelectorAll("#parts section")) {
    /** @type {HTMLElement} */ (section).hidden =
      section.querySelector("details.operation:not([hidden])") === null;
  }
  for (const list of document.querySelectorAll("#links ul")) {
    const isEmpty = list.querySelector("li:not([hidden])") === null;
    for (const part of [list, list.previousElementSibling]) part?.toggleAttribute("hidden", isEmpty);
  }
  say(find("#found"), words.length === 0 ? "" : `${plural(count, "operation")} found`);
}

/** Opens what the URL names. */
function openLinked() {
  const linked = location.hash === "" ? null : document.getElementById(location.hash.slice(1));
  if (!(linked instanceof HTMLDetailsElement)) return;
  linked.open = true;
  linked.scrollIntoView();
  linked.querySelector("summary")?.focus({ preventScroll: true });
}

keyInput.addEventListener("change", () => keepKey(keyInput.value.trim()));
// It is kept as it is typed: there is nothing to send.
find("#key-form").addEventListener("submit", (event) => event.preventDefault());
// On a small screen the list would stand before everything else.
if (matchMedia("(max-width: 60rem)").matches) find("#contents").removeAttribute("open");

const [description, key] = await Promise.all([
  fetch("/openapi.json").then(
    (response) => (response.ok ? response.json() : null),
    () => null,
  ),
  findKey(checkKey),
]);
keyInput.value ||= key ?? "";
find("#trouble").hidden = description !== null;
if (description !== null) show(description);
