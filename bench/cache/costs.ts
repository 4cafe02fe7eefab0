// What a hit, a miss and an invalidation cost.

import type { Bench } from "../harness/bench.ts";
import { compare, type Contestant } from "../harness/compare.ts";
import type { Table } from "../harness/table.ts";
import {
  createProduct,
  IN_PROCESS_SECONDS,
  type Contender,
  type IsolateCache,
  type Loader,
  type Setting,
} from "./contender.ts";

const TAGS = ["lamps", "brass", "new"];
const NO_TAGS = "cachified and ocache have no tags.";
const PLAIN: Setting = { isTagged: false, isTiered: false };
const TAGGED: Setting = { isTagged: true, isTiered: false };
const PRODUCT = createProduct(1);
const atOnce: Loader = () => Promise.resolve(PRODUCT);
const never: Loader = () => Promise.reject(new Error("This was to be a hit."));

/** As `Cache` states them of each of its methods. */
interface Stated {
  readonly trips: number;
  readonly commands: number;
}

/**
 * Sedge, which the others are compared with, is the first of all lists here.
 * @throws where it costs something else than stated
 */
async function compareAll(
  bench: Bench,
  title: string,
  { trips, commands }: Stated,
  [ours, ...peers]: readonly Contestant[],
): Promise<Table> {
  if (ours === undefined) throw new Error("Nobody takes part.");
  const table = await compare(bench, { title, contestants: [ours, ...peers] });
  const costs = ["trips", "commands"].map((column) => table.rows[0]?.[table.columns.indexOf(column)]);
  if (costs.join(" ") !== `${trips} ${commands}`) {
    throw new Error(`${title} costs Sedge ${costs.join(" trips, ")} commands, not ${trips} and ${commands}.`);
  }
  return table;
}

/** A table with a row for those who cannot do it at all. */
const withAbsent = (table: Table, absent: readonly Contender[], note: string): Table => ({
  ...table,
  rows: [...table.rows, ...absent.map(({ name }) => [name, ...table.columns.slice(1).map(() => "no")])],
  note,
});

async function fill({ load, settled }: IsolateCache, key: string, tags: readonly string[]): Promise<void> {
  await load(key, atOnce, tags);
  await settled();
}

async function hit(
  name: string,
  cache: IsolateCache,
  key: string,
  tags: readonly string[],
): Promise<Contestant> {
  await fill(cache, key, tags);
  return {
    name,
    async run() {
      const found = await cache.load(key, never, tags);
      if (found?.id !== PRODUCT.id) throw new Error(`${name} answers with something else.`);
    },
    settle: cache.settled,
  };
}

async function tieredHit(contender: Contender, key: string, tags: readonly string[]): Promise<Contestant> {
  const cache = contender.open({ isTagged: tags.length > 0, isTiered: true });
  const contestant = await hit(`${contender.name}, ${contender.tier}`, cache, key, tags);
  // What the process keeps ends sooner than the entry: read it once more, so that it is there again.
  return { ...contestant, prepare: () => cache.load(key, never, tags) };
}

export async function hits(bench: Bench, contenders: readonly Contender[]): Promise<Table> {
  const contestants = contenders.map((contender) => hit(contender.name, contender.open(PLAIN), "hit", []));
  return compareAll(bench, "A hit", { trips: 1, commands: 1 }, await Promise.all(contestants));
}

export async function taggedHits(bench: Bench, contenders: readonly Contender[]): Promise<Table> {
  const tagged = contenders.filter(({ hasTags }) => hasTags);
  await Promise.all(tagged.map(async ({ open }) => open(TAGGED).invalidateTags?.(TAGS)));
  const contestants = tagged.flatMap((contender) => {
    const cache = contender.open(TAGGED);
    const unused = TAGS.map((tag) => `${tag}-unused`);
    return [
      hit(contender.name, cache, "hit-tagged", TAGS),
      hit(`${contender.name}, tags never invalidated`, cache, "hit-unused-tags", unused),
    ];
  });
  return withAbsent(
    await compareAll(bench, "A hit under 3 tags", { trips: 1, commands: 1 }, await Promise.all(contestants)),
    contenders.filter(({ hasTags }) => !hasTags),
    NO_TAGS,
  );
}

export async function tieredHits(bench: Bench, contenders: readonly Contender[]): Promise<Table[]> {
  const tiered = contenders.filter(({ tier }) => tier !== null);
  const tagged = tiered.filter(({ hasTags }) => hasTags);
  const plain = tiered.map((contender) => tieredHit(contender, "hit-tiered", []));
  const underTags = tagged.map((contender) => tieredHit(contender, "hit-tiered-tagged", TAGS));
  return [
    withAbsent(
      await compareAll(
        bench,
        "A hit, the tier in the process on",
        { trips: 0, commands: 0 },
        await Promise.all(plain),
      ),
      contenders.filter(({ tier }) => tier === null),
      `cachified has no tier of its own. What another isolate has invalidated goes on being served from the process: here for ${IN_PROCESS_SECONDS} s (Sedge's default is 1); by bentocache for the entry's whole lifetime, since its L1 takes no shorter one and the bus that would tell it needs a connection that stays.`,
    ),
    withAbsent(
      await compareAll(
        bench,
        "A hit under 3 tags, the tier in the process on",
        { trips: 0, commands: 0 },
        await Promise.all(underTags),
      ),
      contenders.filter(({ hasTags }) => !hasTags),
      `${NO_TAGS} cacheable asks Redis for the tags' versions all the same, so it sees another's invalidation by tag at once.`,
    ),
  ];
}

export async function misses(bench: Bench, contenders: readonly Contender[]): Promise<Table> {
  const contestants = contenders.map(({ name, open }): Contestant => {
    const { load, settled } = open(PLAIN);
    return { name, run: (i) => load(`miss-${i}`, atOnce, []), settle: settled };
  });
  return {
    ...(await compareAll(
      bench,
      "A miss whose loader answers at once",
      { trips: 3, commands: 10 },
      contestants,
    )),
    note: "The counts have what goes on behind the answer, the times have not. Sedge's miss takes a lease before the load and ends it by its fence: what comes of doing without is counted in the last two tables.",
  };
}

export async function removals(bench: Bench, contenders: readonly Contender[]): Promise<Table> {
  const contestants = contenders.map(({ name, open }): Contestant => {
    const cache = open(PLAIN);
    return {
      name,
      prepare: (i) => fill(cache, `remove-${i}`, []),
      run: (i) => cache.remove(`remove-${i}`),
      settle: cache.settled,
    };
  });
  return compareAll(bench, "Invalidation of one key", { trips: 1, commands: 2 }, contestants);
}

export async function tagInvalidations(bench: Bench, contenders: readonly Contender[]): Promise<Table> {
  const tagged = contenders.filter(({ hasTags }) => hasTags);
  const contestants = tagged.map(({ name, open }): Contestant => {
    const cache = open(TAGGED);
    return {
      name,
      prepare: (i) => fill(cache, `invalidate-${i}`, TAGS),
      run: async () => cache.invalidateTags?.(TAGS),
      settle: cache.settled,
    };
  });
  return withAbsent(
    await compareAll(bench, "Invalidation of 3 tags", { trips: 1, commands: 1 }, contestants),
    contenders.filter(({ hasTags }) => !hasTags),
    NO_TAGS,
  );
}
