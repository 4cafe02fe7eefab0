// One of those who make the traffic. Each does one thing after the other; what only it touches has its name.

import type { Answer, Api, CallOptions } from "./api.ts";
import type { Ledger } from "./ledger.ts";
import type { Mailbox } from "./mailbox.ts";

export interface Visitor {
  /** In front of the names of what nobody else touches. */
  readonly name: string;
  readonly api: Api;
  readonly ledger: Ledger;
  readonly mailbox: Mailbox;
  readonly email: string;
  /** Of the user they signed up as; the others' as well, once all have. */
  id: string;
  readonly others: () => readonly string[];
  /** From 0 to below 1. */
  readonly random: () => number;
  /** Tells what is not as it must be. */
  readonly expect: (what: string, isSo: boolean) => void;
  /** A number that no other call of it gives. */
  readonly next: () => number;
  /** The token of their session, while they are signed in. */
  token: string | undefined;
}

/** A step of the traffic. */
export type Step = (visitor: Visitor) => Promise<void>;

export const PASSWORD = "a password for the soak run";
/** Plain http: the cookie has this name, and is not Secure. */
export const COOKIE = "session";

export const pick = <Value>({ random }: Visitor, values: readonly Value[]): Value => {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error("There is nothing to pick from.");
  return value;
};

/** Calls with the visitor's cookie, and keeps the one that is given. */
export async function callSignedIn<Body>(
  visitor: Visitor,
  method: string,
  path: string,
  { headers = {}, ...options }: CallOptions = {},
): Promise<Answer<Body>> {
  const cookie = visitor.token === undefined ? {} : { cookie: `${COOKIE}=${visitor.token}` };
  const answer = await visitor.api.call<Body>(method, path, {
    ...options,
    headers: { ...headers, ...cookie },
  });
  for (const given of answer.headers.getSetCookie()) {
    const value = new RegExp(`^${COOKIE}=([^;]*)`).exec(given)?.[1];
    if (value !== undefined) visitor.token = /Max-Age=0\b/i.test(given) ? undefined : value;
  }
  return answer;
}
