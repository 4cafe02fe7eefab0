// A schema as a list of fields.

import { element } from "../dashboard/dom.js";
import { number } from "../dashboard/format.js";
import { nameOf, resolve } from "./model.js";
import { inline } from "./prose.js";

/** @typedef {import("./model.js").Schema} Schema */
/** @typedef {import("./model.js").Document} Document */

/** No schema here is deeper; one that leads back to itself would have no end. */
const MAX_DEPTH = 6;

/**
 * The fields of an object, of a list's items, or of each choice.
 * @param {Document} document @param {Schema} schema @param {number} [depth]
 * @returns {HTMLElement[]} none where there are no fields
 */
export function fieldsOf(document, schema, depth = 0) {
  const { properties, required = [], items, anyOf, oneOf } = resolve(document, schema);
  if (depth > MAX_DEPTH) return [];
  if (properties !== undefined) {
    const rows = Object.entries(properties)
      // A field that there must not be tells this choice from another.
      .filter(([, field]) => field.not === undefined)
      .map(([name, field]) => fieldOf(document, name, field, required.includes(name), depth));
    return [element("ul", { class: "fields" }, ...rows)];
  }
  if (items !== undefined) return fieldsOf(document, items, depth);
  return (anyOf ?? oneOf ?? []).flatMap((choice) => {
    const fields = fieldsOf(document, choice, depth + 1);
    const name = nameOf(choice);
    if (fields.length === 0 || name === undefined) return fields;
    return element(
      "div",
      { class: "choice" },
      element("p", {}, "Either ", element("code", {}, name)),
      ...fields,
    );
  });
}

/**
 * One field, or one parameter.
 * @param {Document} document @param {string} name @param {Schema} schema @param {boolean} isRequired @param {number} [depth]
 */
export function fieldOf(document, name, schema, isRequired, depth = 0) {
  const { description = "" } = { ...resolve(document, schema), ...schema };
  return element(
    "li",
    {},
    element("code", { class: "name" }, name),
    " ",
    element("span", { class: "type" }, typeOf(document, schema) + (isRequired ? "" : " · optional")),
    ...(description === "" ? [] : [element("p", {}, ...inline(description))]),
    ...fieldsOf(document, schema, depth + 1),
  );
}

/**
 * A schema's type in a few words: `integer, 1 to 100`.
 * @param {Document} document @param {Schema} schema
 * @returns {string}
 */
export function typeOf(document, schema) {
  const found = resolve(document, schema);
  const { type, format, items, anyOf, oneOf, properties } = found;
  const choices = anyOf ?? oneOf;
  if (choices !== undefined) {
    return [...new Set(choices.map((choice) => typeOf(document, choice)))].join(" or ");
  }
  if (found.const !== undefined) return JSON.stringify(found.const);
  if (found.enum !== undefined) return found.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (items !== undefined)
    return join(`list of ${typeOf(document, items)}`, boundsOf(found, "minItems", "maxItems"));
  if (properties !== undefined) return nameOf(schema) ?? "object";
  const name = Array.isArray(type) ? type.join(" or ") : (type ?? "any JSON");
  return join(
    format === undefined ? name : format,
    type === "string"
      ? boundsOf(found, "minLength", "maxLength", " characters")
      : boundsOf(found, "minimum", "maximum"),
    found.default === undefined ? "" : `${JSON.stringify(found.default)} where not given`,
  );
}

/** @param {...string} parts */
const join = (...parts) => parts.filter((part) => part !== "").join(", ");

/**
 * What a double holds is no bound that a person minds.
 * @param {Schema} schema @param {"minimum" | "minLength" | "minItems"} least @param {"maximum" | "maxLength" | "maxItems"} most
 * @param {string} [unit]
 */
function boundsOf(schema, least, most, unit = "") {
  const [from, to] = [schema[least], schema[most]].map((bound) =>
    bound === undefined || Math.abs(bound) === Number.MAX_SAFE_INTEGER ? undefined : number(bound),
  );
  if (from !== undefined && to !== undefined) return `${from} to ${to}${unit}`;
  if (to !== undefined) return `at most ${to}${unit}`;
  return from === undefined || from === "0" ? "" : `at least ${from}${unit}`;
}
