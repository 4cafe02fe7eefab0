// Sessions: a request that reads, one that renews, one that changes a field, one that ends it; and what crossing ones leave.

import type { Bench, Part } from "../harness/bench.ts";
import { compare, type Contestant } from "../harness/compare.ts";
import type { Table } from "../harness/table.ts";
import { betterAuthCookieCache, betterAuthSessions } from "./better-auth.ts";
import { createClient, PROFILE, type Client, type Contender, type Settings } from "./contender.ts";
import { honoSession } from "./hono-session.ts";
import { honoSessions } from "./hono-sessions.ts";
import { crossing } from "./outcomes.ts";
import { sedge } from "./sedge.ts";

type List<T> = readonly [T, ...T[]];

const LIKE_FOR_LIKE: List<Contender> = [sedge, honoSessions, honoSession, betterAuthSessions];
const ALL: List<Contender> = [...LIKE_FOR_LIKE, betterAuthCookieCache];

interface Scenario {
  readonly title: string;
  readonly note: string;
  readonly contenders: List<Contender>;
  readonly renews: Settings["renews"];
  /** Each run on a session of its own. */
  readonly isEnding?: boolean;
  readonly work: (client: Client, cookies: string, i: number) => Promise<unknown>;
}

async function read(client: Client, cookies: string): Promise<void> {
  const profile = await client.read(cookies);
  if (profile?.cart !== PROFILE.cart) throw new Error("A session that lives was not found.");
}

const SCENARIOS: readonly Scenario[] = [
  {
    title: "A session read",
    note: "Nothing is renewed, but by Sedge behind an answer each 10 s, as by default. The cookie cache keeps a session in the browser, where a logout elsewhere does not reach it.",
    contenders: ALL,
    renews: "later",
    work: read,
  },
  {
    title: "A session read, and its life extended",
    note:
      "Trips include those behind the answer, which are not in the times: Sedge's renewal and @hono/session's. " +
      "By default Sedge extends at most every 10 seconds, better-auth once a day, hono-sessions at every request.",
    contenders: LIKE_FOR_LIKE,
    renews: "always",
    work: read,
  },
  {
    title: "One field changed",
    note: "@hono/session writes behind the answer, so a write that fails is not told.",
    contenders: LIKE_FOR_LIKE,
    renews: "later",
    work: (client, cookies, i) => client.change(cookies, { theme: `theme-${i}` }),
  },
  {
    title: "Logout",
    note: "@hono/session deletes behind the answer: a logout that failed is acknowledged.",
    contenders: LIKE_FOR_LIKE,
    renews: "later",
    isEnding: true,
    work: (client, cookies) => client.signOut(cookies),
  },
];

async function sideBySide(bench: Bench, scenario: Scenario): Promise<Table> {
  const { title, note, contenders, renews, isEnding = false, work } = scenario;

  async function contestantOf({ name, open }: Contender): Promise<Contestant> {
    const client = createClient(open({ gateway: bench.gateway, renews }));
    let cookies = await client.signIn();
    await client.settle();
    return {
      name,
      async prepare() {
        if (isEnding) cookies = await client.signIn();
        await client.settle();
      },
      run: (i) => work(client, cookies, i),
      settle: () => client.settle(),
    };
  }

  const [ours, ...theirs] = contenders;
  const contestants: List<Contestant> = [
    await contestantOf(ours),
    ...(await Promise.all(theirs.map(contestantOf))),
  ];
  return { ...(await compare(bench, { title, contestants })), note };
}

export const sessions: Part = {
  name: "sessions",
  async run(bench) {
    const tables: Table[] = [];
    for (const scenario of SCENARIOS) tables.push(await sideBySide(bench, scenario));
    tables.push(await crossing(ALL, bench));
    return { title: "Sessions", text: text(), tables };
  },
};

const text = (): string => `
Sedge's middleware (\`lib/hono\`, a client and its sessions for each request) beside ${LIKE_FOR_LIKE.slice(1)
  .map(({ name }) => name)
  .join(
    ", ",
  )}: each behind the same four routes of a Hono app, called by \`app.request()\`, with three fields and a user
in the session. hono-sessions has a driver of four methods and @hono/session a storage of three, as their documentation
shows; better-auth is a whole instance with its in-memory database, its sessions in a secondary storage of three methods.
All of these are in \`bench/sessions/\`, over one @upstash/redis client each, which pipelines by itself.`;
