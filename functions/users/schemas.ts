// What a user looks like over HTTP.

import * as v from "valibot";
import { body, name } from "../http/validation.ts";

const EMAIL_RULE = "must be an e-mail address of at most 254 characters";
const NAME_RULE = "must be 1 to 200 characters, none of them a control character";
const PASSWORD_RULE = "must be 8 to 200 characters";

/**
 * An address as HTML's `<input type=email>` takes it, below a domain that has a dot. ASCII alone: letters that look alike
 * would be other addresses.
 */
const EMAIL =
  /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]$/;

const userName = v.pipe(
  v.string("must be a string"),
  v.trim(),
  v.regex(/^[^\p{Cc}\p{Cs}]{1,200}$/u, NAME_RULE),
  v.description("Spaces around it are taken off."),
);

export const newUser = v.pipe(
  body({
    email: v.pipe(
      v.string("must be a string"),
      v.trim(),
      v.maxLength(254, EMAIL_RULE),
      v.regex(EMAIL, EMAIL_RULE),
      v.toLowerCase(),
      v.description("Upper and lower case are one address."),
    ),
    name: userName,
    password: v.pipe(
      v.string("must be a string"),
      v.regex(/^[^\p{Cs}]{8,200}$/u, PASSWORD_RULE),
      v.description("Any characters."),
    ),
  }),
  v.metadata({
    ref: "NewUser",
    examples: [{ email: "ada@example.com", name: "Ada Lovelace", password: "correct horse battery" }],
  }),
);

export const user = v.pipe(
  v.object({
    id: v.string(),
    name: userName,
    createdAt: v.pipe(v.string(), v.isoTimestamp()),
  }),
  v.metadata({
    ref: "User",
    examples: [{ id: "qT8sU0mZ3vKx1b_E", name: "Ada Lovelace", createdAt: "2026-11-02T09:30:00.000Z" }],
  }),
);

/** A user's id in a path. Any name may be asked for; most are not found. */
export const userId = v.object({
  id: v.pipe(name, v.description("A user's id."), v.examples(["qT8sU0mZ3vKx1b_E"])),
});
