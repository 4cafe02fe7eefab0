// What is left when two requests of one session cross: each write held until the other request is over.

import type { Bench } from "../harness/bench.ts";
import type { Table } from "../harness/table.ts";
import {
  createClient,
  PROFILE,
  type Client,
  type Contender,
  type Profile,
  type Settings,
} from "./contender.ts";
import { holdNextWrite } from "./hold.ts";

const TRIES = 20;

/** Whether it happened; null where nothing was written that could be overtaken. */
type Seen = boolean | null;

/** One request and what goes on behind its answer. */
type Whole = () => Promise<void>;

/** Two callers of one app: what goes on behind an answer is each one's own. */
type Pair = readonly [one: Client, other: Client];

const whole =
  (client: Client, work: () => Promise<unknown>): Whole =>
  async () => {
    await work();
    await client.settle();
  };

/**
 * Runs `first` up to its write, then `second`, then the rest of `first`.
 * @returns false where `first` wrote nothing, so that nothing was overtaken
 */
async function overtaken(first: Whole, second: Whole): Promise<boolean> {
  const held = holdNextWrite();
  const rest = first()
    // It may well be told that its session is gone.
    .catch(() => undefined)
    // One that ends without a write has nothing to be overtaken in.
    .finally(() => held.release());
  try {
    await Promise.race([held.arrived, rest]);
    await second();
  } finally {
    held.release();
  }
  await rest;
  return held.hasHeld();
}

async function signedIn([client]: Pair): Promise<string> {
  const cookies = await client.signIn();
  await client.settle();
  return cookies;
}

/** Whether a session opens again that was ended while a renewal was under way. */
async function revivedByRenewal(pair: Pair): Promise<Seen> {
  const [one, other] = pair;
  const cookies = await signedIn(pair);
  const isOvertaken = await overtaken(
    whole(one, () => one.read(cookies)),
    whole(other, () => other.signOut(cookies)),
  );
  return isOvertaken ? (await other.readStored(cookies)) !== null : null;
}

/** The same with a change. */
async function revivedByChange(pair: Pair): Promise<Seen> {
  const [one, other] = pair;
  const cookies = await signedIn(pair);
  const isOvertaken = await overtaken(
    whole(one, () => one.change(cookies, { theme: "light" })),
    whole(other, () => other.signOut(cookies)),
  );
  return isOvertaken ? (await other.readStored(cookies)) !== null : null;
}

/** Whether of two changes of different fields one is gone. */
async function lost(pair: Pair): Promise<Seen> {
  const [one, other] = pair;
  const cookies = await signedIn(pair);
  const change = (client: Client, fields: Partial<Profile>): Whole =>
    whole(client, () => client.change(cookies, fields));
  const isOvertaken = await overtaken(change(one, { theme: "light" }), change(other, { locale: "de-DE" }));
  if (!isOvertaken) return null;
  const left = await other.readStored(cookies);
  if (left?.cart !== PROFILE.cart) throw new Error("What nobody changed is lost.");
  return left.theme !== "light" || left.locale !== "de-DE";
}

/** Whether the cookies still open a session that has been ended. */
async function openedAgain(pair: Pair): Promise<boolean> {
  const [client] = pair;
  const cookies = await signedIn(pair);
  await whole(client, () => client.signOut(cookies))();
  return (await client.read(cookies)) !== null;
}

const OUTCOMES: readonly {
  readonly title: string;
  readonly renews: Settings["renews"];
  readonly happened: (pair: Pair) => Promise<Seen>;
}[] = [
  { title: "revived: logout during a renewal", renews: "always", happened: revivedByRenewal },
  { title: "revived: logout during a change", renews: "later", happened: revivedByChange },
  { title: "lost: two change different fields", renews: "later", happened: lost },
  { title: "opened by the old cookies after a logout", renews: "later", happened: openedAgain },
];

/** How often each of the outcomes was seen; null where one was not tried. */
async function countsOf({ open }: Contender, { gateway }: Bench, tries: number): Promise<(number | null)[]> {
  const counts: (number | null)[] = [];
  for (const { renews, happened } of OUTCOMES) {
    const request = open({ gateway, renews });
    const pair: Pair = [createClient(request), createClient(request)];
    const seen: Seen[] = [];
    for (let i = 0; i < tries; i += 1) seen.push(await happened(pair));
    counts.push(seen.includes(null) ? null : seen.filter(Boolean).length);
  }
  return counts;
}

/** @throws where the first contender, ours, does what it promises not to */
export async function crossing(contenders: readonly Contender[], bench: Bench): Promise<Table> {
  const tries = bench.isQuick ? 3 : TRIES;
  const rows: string[][] = [];
  for (const contender of contenders) {
    const counts = await countsOf(contender, bench, tries);
    if (contender === contenders[0] && counts.some((count) => count !== 0)) {
      throw new Error(`${contender.name} revived, lost or opened: ${counts.join(", ")} of ${tries}.`);
    }
    rows.push([contender.name, ...counts.map((count) => (count === null ? "no" : `${count} of ${tries}`))]);
  }
  return {
    title: "When two requests of one session cross",
    columns: ["", ...OUTCOMES.map(({ title }) => title)],
    rows,
    note:
      "Each try is made by hand: the first request's write is held on its way to Redis until the other request is over. " +
      "*Revived* is a session that opens again behind a logout that was acknowledged. The first three are looked for in " +
      "Redis, past the cookie cache; with that the old cookies answer by themselves, for 5 minutes as documented, and a read renews nothing (*no*).",
  };
}
