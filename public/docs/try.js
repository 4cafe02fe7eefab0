// A form that makes an operation's call.

import { element } from "../dashboard/dom.js";
import { showAnswer } from "./answer.js";
import { examplesOf } from "./model.js";
import { block, pretty } from "./prose.js";
import { curlOf, urlOf } from "./request.js";

/** @typedef {import("./model.js").Operation} Operation */
/** @typedef {import("./model.js").Parameter} Parameter */
/** @typedef {import("./request.js").Draft} Draft */

/**
 * @param {import("./model.js").Document} document
 * @param {Operation} operation
 * @param {() => string} key the API key, "" where there is none
 */
export function tryForm(document, operation, key) {
  const { method, path, parameters, requestBody, responses, security, summary } = operation;
  const content = requestBody?.content["application/json"];
  const examples = content === undefined ? [] : examplesOf(document, content).map(pretty);
  const types = Object.keys(
    Object.entries(responses).find(([status]) => status.startsWith("2"))?.[1].content ?? {},
  );
  const needsKey = security.some((scheme) => "key" in scheme);
  const withCookie = security.some((scheme) => "session" in scheme) || operation.operationId === "signIn";

  const body = element("textarea", { name: "body", rows: String(rowsOf(examples)), spellcheck: "false" });
  body.value = examples[0] ?? "";
  const form = element(
    "form",
    { class: "try", "aria-label": `Try: ${summary}` },
    ...parameters.map(inputOf),
    ...(types.length < 2 ? [] : [field("Answer as", select("accept", types, false))]),
    ...(examples.length < 2 ? [] : [field("Example", exampleChoice(examples, body))]),
    ...(content === undefined ? [] : [element("label", { class: "wide" }, "Body", body)]),
  );
  const send = element("button", { class: "primary" }, "Send");
  const stop = element("button", { type: "button", hidden: "" }, "Stop");
  const said = element("output", {});
  const curl = block("The call for a shell", "");
  const answer = element("div", { class: "answer" });
  form.append(element("p", { class: "buttons" }, send, stop, said));

  /** @returns {Draft} */
  function draft() {
    const fields = new FormData(form);
    const value = (/** @type {string} */ name) => textOf(fields.get(name));
    const given = parameters.filter(({ in: where, name }) => value(`${where} ${name}`) !== "");
    const of = (/** @type {string} */ where) =>
      given
        .filter((parameter) => parameter.in === where)
        .map(({ name }) => /** @type {[string, string]} */ ([name, value(`${where} ${name}`)]));
    return {
      method,
      path,
      segments: Object.fromEntries(of("path")),
      query: of("query"),
      headers: {
        ...(needsKey && key() !== "" && { Authorization: `Bearer ${key()}` }),
        ...(content !== undefined && { "Content-Type": "application/json" }),
        ...(fields.has("accept") && { Accept: value("accept") }),
        ...Object.fromEntries(of("header")),
      },
      body: content === undefined ? null : value("body"),
    };
  }
  const showCurl = () => {
    curl.replaceChildren(element("code", {}, curlOf(draft(), { origin: location.origin, withCookie })));
  };
  form.addEventListener("input", showCurl);
  showCurl();

  /** @type {AbortController | null} */
  let running = null;
  async function run() {
    if (running !== null) return;
    running = new AbortController();
    const made = draft();
    stop.hidden = made.headers["Accept"] !== "text/event-stream";
    showCurl();
    await showAnswer(answer, said, urlOf(made), {
      method,
      headers: made.headers,
      body: made.body,
      signal: running.signal,
    });
    running = null;
    stop.hidden = true;
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void run();
  });
  stop.addEventListener("click", () => running?.abort());
  return element("div", {}, form, curl, answer);
}

/** As many as the longest example has lines, within reason. @param {string[]} examples */
const rowsOf = (examples) => Math.min(16, Math.max(3, ...examples.map((text) => text.split("\n").length)));

/** @param {unknown} value */
const textOf = (value) => (typeof value === "string" ? value : "");

/** @param {Parameter} parameter */
function inputOf({ in: where, name, required = false, schema }) {
  const named = `${where} ${name}`;
  if (schema.enum !== undefined) return field(name, select(named, schema.enum.map(String), !required));
  const input = element("input", { name: named, autocomplete: "off", spellcheck: "false" });
  if (required) {
    input.required = true;
    input.value = textOf(schema.examples?.[0]);
  }
  return field(name, input);
}

/** @param {string} label @param {HTMLElement} control */
const field = (label, control) => element("label", {}, label, control);

/** @param {string} name @param {string[]} values @param {boolean} isOptional */
const select = (name, values, isOptional) =>
  element(
    "select",
    { name },
    ...(isOptional ? [""] : []).concat(values).map((value) => element("option", {}, value)),
  );

/** @param {string[]} examples @param {HTMLTextAreaElement} body */
function exampleChoice(examples, body) {
  const choice = element(
    "select",
    {},
    ...examples.map((_, index) => element("option", { value: String(index) }, String(index + 1))),
  );
  choice.addEventListener("input", () => {
    body.value = examples[Number(choice.value)] ?? "";
  });
  return choice;
}
