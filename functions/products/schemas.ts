// What a product looks like over HTTP.

import * as v from "valibot";
import { NAME } from "../../lib/keys.ts";
import { MAX_CATEGORY } from "./catalogue.ts";
import { decodeCursor } from "../http/cursor.ts";
import { body, limit, name } from "../http/validation.ts";

/** In cents: ten billion of a currency's units. A bound, so that a total of many prices stays exact. */
const MAX_PRICE = 1_000_000_000_000;

const PRICE_RULE = `must be a whole number of cents from 0 to ${MAX_PRICE}`;
const NAME_RULE = "must be 1 to 200 characters, none of them a control character";

const fields = {
  name: v.pipe(
    v.string("must be a string"),
    v.trim(),
    v.regex(/^[^\p{Cc}\p{Cs}]{1,200}$/u, NAME_RULE),
    v.description("Spaces around it are taken off."),
  ),
  price: v.pipe(
    v.number(PRICE_RULE),
    v.integer(PRICE_RULE),
    v.minValue(0, PRICE_RULE),
    v.maxValue(MAX_PRICE, PRICE_RULE),
    v.description("Cents."),
  ),
  category: v.pipe(
    v.string("must be a string"),
    v.regex(NAME, `must be 1 to ${MAX_CATEGORY} of the characters A-Z a-z 0-9 . _ ~ : @ -`),
    v.maxLength(MAX_CATEGORY, `must be 1 to ${MAX_CATEGORY} of the characters A-Z a-z 0-9 . _ ~ : @ -`),
  ),
};

export const newProduct = v.pipe(
  body(fields),
  v.metadata({
    ref: "NewProduct",
    examples: [{ name: "Walnut desk", price: 48_900, category: "furniture" }],
  }),
);

export const productChanges = v.pipe(
  body({
    name: v.exactOptional(fields.name),
    price: v.exactOptional(fields.price),
    category: v.exactOptional(fields.category),
  }),
  v.check((changes) => Object.keys(changes).length > 0, "must have at least one field"),
  v.metadata({ ref: "ProductChanges", examples: [{ price: 44_900 }] }),
);

const EXAMPLE = {
  id: 1,
  name: "Walnut desk",
  price: 48_900,
  category: "furniture",
  updatedAt: "2026-11-02T09:30:00.000Z",
};

export const product = v.pipe(
  v.object({
    id: v.pipe(v.number(), v.integer()),
    ...fields,
    updatedAt: v.pipe(v.string(), v.isoTimestamp()),
  }),
  v.metadata({ ref: "Product", examples: [EXAMPLE] }),
);

export const productPage = v.pipe(
  v.object({
    items: v.array(product),
    next: v.pipe(v.nullable(v.string()), v.description("The `cursor` of the next page; null at the end.")),
  }),
  v.metadata({ ref: "ProductPage", examples: [{ items: [EXAMPLE], next: null }] }),
);

/** A product's id in a path. Any name may be asked for; most are not found. */
export const productId = v.object({ id: v.pipe(name, v.description("A product's id."), v.examples(["1"])) });

export const productQuery = v.object({
  category: v.exactOptional(v.pipe(fields.category, v.description("Only products of this category."))),
  limit: v.exactOptional(v.pipe(limit, v.description("At most so many; 20 where it is not given."))),
  cursor: v.exactOptional(
    v.pipe(
      v.string("must be given once"),
      v.check((text) => decodeCursor(text) !== undefined, "must be the `next` of another page"),
      v.description("The `next` of the page before."),
    ),
  ),
});
