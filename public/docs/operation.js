// An operation: what it takes and answers, and a form to try it.

import { element } from "../dashboard/dom.js";
import { examplesOf, resolve } from "./model.js";
import { block, inline, paragraphs, pretty } from "./prose.js";
import { fieldOf, fieldsOf } from "./schema.js";
import { tryForm } from "./try.js";

/** @typedef {import("./model.js").Document} Document */
/** @typedef {import("./model.js").Operation} Operation */

/** What it is called in the page's URL. @param {Operation} operation */
export const anchorOf = ({ operationId }) => operationId;

/** @param {Operation} operation */
export const signature = ({ method, path, webhook }) => [
  element("span", { class: "method", "data-method": method }, webhook ? "HOOK" : method),
  " ",
  element("code", { class: "path" }, ...(webhook ? ["your URL"] : broken(path))),
];

/** A path that may be broken behind each slash. @param {string} path */
const broken = (path) => path.split(/(?<=\/)/).flatMap((part) => [part, element("wbr")]);

/**
 * Closed at first; what is in it is made when it is opened.
 * @param {Document} document @param {Operation} operation @param {() => string} key
 */
export function showOperation(document, operation, key) {
  const summary = element(
    "summary",
    {},
    element("h3", {}, ...signature(operation)),
    element("span", { class: "summary" }, operation.summary),
  );
  const details = element("details", { class: "operation", id: anchorOf(operation) }, summary);
  details.addEventListener("toggle", () => {
    if (details.open && details.childElementCount === 1) details.append(...bodyOf(document, operation, key));
  });
  return details;
}

/** @param {Document} document @param {Operation} operation @param {() => string} key */
function bodyOf(document, operation, key) {
  const { description = "", parameters, requestBody, responses, webhook } = operation;
  const sent = requestBody?.content["application/json"];
  return [
    element("div", { class: "prose" }, ...paragraphs(description), ...callerOf(operation)),
    ...(parameters.length === 0
      ? []
      : [
          element("h4", {}, webhook ? "Headers" : "Parameters"),
          element(
            "ul",
            { class: "fields" },
            ...parameters.map(({ name, required = false, schema, description: about = "" }) =>
              fieldOf(document, name, { ...schema, description: about }, required),
            ),
          ),
        ]),
    ...(sent?.schema === undefined
      ? []
      : [
          element("h4", {}, "Body"),
          ...fieldsOf(document, sent.schema),
          ...proseOf(resolve(document, sent.schema).description),
          ...(webhook
            ? examplesOf(document, sent).map((one) => block("Example of the body", pretty(one)))
            : []),
        ]),
    element("h4", {}, "Answers"),
    ...Object.entries(responses)
      .toSorted(byStatus)
      .map(([status, answer]) => showAnswer(document, status, resolve(document, answer))),
    ...(webhook ? [] : [element("h4", {}, "Try it"), tryForm(document, operation, key)]),
  ];
}

/** `2XX` before `410`, and `default` last. @param {[string, unknown]} a @param {[string, unknown]} b */
const byStatus = ([a], [b]) => (a < b ? -1 : 1);

/** @param {string | undefined} text */
const proseOf = (text) => (text === undefined ? [] : paragraphs(text));

/** Who may call it. @param {Operation} operation */
function callerOf({ security, webhook }) {
  if (webhook) return [];
  const ways = security.flatMap(Object.entries).map(([name, [scope = ""]]) => {
    if (name === "key") return element("span", {}, "a key with the scope ", element("code", {}, scope));
    if (name === "session") return "the cookie of a session";
    return element("span", {}, "a read token in ", element("code", {}, "?token="));
  });
  const needs = ways.flatMap((way, index) => [index === 0 ? "Needs " : " or ", way]);
  return [element("p", { class: "quiet" }, ...(ways.length === 0 ? ["Anyone may call it"] : needs), ".")];
}

/** @param {Document} document @param {string} status @param {import("./model.js").Answer} answer */
function showAnswer(document, status, { description = "", headers = {}, content = {} }) {
  const line = [element("span", { class: "status" }, status), " ", ...inline(description)];
  const parts = Object.entries(content).map(([type, body]) => contentOf(document, type, body));
  if (Object.keys(headers).length > 0) {
    parts.push(
      element("div", {}, element("p", { class: "quiet" }, "Headers"), headerList(document, headers)),
    );
  }
  if (parts.length === 0) return element("p", { class: "answer-line" }, ...line);
  return element("details", { class: "answer-line" }, element("summary", {}, ...line), ...parts);
}

/** @param {Document} document @param {string} type @param {import("./model.js").Content[string]} body */
const contentOf = (document, type, body) =>
  element(
    "div",
    {},
    element("p", { class: "quiet" }, type),
    ...(body.schema === undefined ? [] : fieldsOf(document, body.schema)),
    ...examplesOf(document, body)
      .slice(0, 1)
      .map((example) => block(`Example of ${type}`, pretty(example))),
  );

/** @param {Document} document @param {Record<string, import("./model.js").Header>} headers */
const headerList = (document, headers) =>
  element(
    "ul",
    { class: "fields" },
    ...Object.entries(headers).map(([name, header]) => {
      const { description = "", schema = {} } = resolve(document, header);
      const [example] = schema.examples ?? [];
      return element(
        "li",
        {},
        element("code", { class: "name" }, name),
        ...(example === undefined ? [] : [" ", element("code", { class: "type" }, pretty(example))]),
        element("p", {}, ...inline(description)),
      );
    }),
  );
