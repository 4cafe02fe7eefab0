// An invalidation while a load is under way: does what was loaded before it stand in the cache after it?

import type { Bench } from "../harness/bench.ts";
import type { Table } from "../harness/table.ts";
import { createProduct, type Contender, type IsolateCache, type Setting } from "./contender.ts";

const TRIES = 50;
const DELAY_MS = 5;

interface Race {
  readonly title: string;
  readonly by: "key" | "tag";
  /** Whether the isolate that loads is the one that invalidates. */
  readonly isSame: boolean;
}

const RACES: readonly Race[] = [
  { title: "by key, in another isolate", by: "key", isSame: false },
  { title: "by key, in the isolate that loads", by: "key", isSame: true },
  { title: "by tag, in another isolate", by: "tag", isSame: false },
  { title: "by tag, in the isolate that loads", by: "tag", isSame: true },
];

const OLD = 1;
const NEW = 2;

/** @returns whether the old product is served after its invalidation */
async function isLost(contender: Contender, { by, isSame }: Race, name: string): Promise<boolean> {
  const setting: Setting = { isTagged: by === "tag", isTiered: false };
  const tags = by === "tag" ? [name] : [];
  const loading = contender.open(setting);
  const invalidating: IsolateCache = isSame ? loading : contender.open(setting);
  const reading = contender.open(setting);

  let id = OLD;
  const begun = Promise.withResolvers<void>();
  const invalidated = Promise.withResolvers<void>();
  const load = loading.load(
    name,
    async () => {
      const product = createProduct(id);
      begun.resolve();
      await invalidated.promise;
      return product;
    },
    tags,
  );
  // A load that fails before its loader runs is an error to see, not one to wait for.
  await Promise.race([begun.promise, load]);
  id = NEW;
  await (by === "tag" ? invalidating.invalidateTags?.(tags) : invalidating.remove(name));
  invalidated.resolve();
  await load;
  await loading.settled();

  const after = await reading.load(name, () => Promise.resolve(createProduct(id)), tags);
  await reading.settled();
  return after?.id === OLD;
}

export async function races({ gateway, isQuick }: Bench, contenders: readonly Contender[]): Promise<Table> {
  const tries = isQuick ? 5 : TRIES;
  await gateway.delay(DELAY_MS);
  const rows: string[][] = [];
  for (const contender of contenders) {
    const row = [contender.name];
    for (const [at, race] of RACES.entries()) {
      if (race.by === "tag" && !contender.hasTags) {
        row.push("no");
        continue;
      }
      const lost = await Promise.all(
        Array.from({ length: tries }, (_, n) => isLost(contender, race, `race-${at}-${n}`)),
      );
      const count = lost.filter(Boolean).length;
      if (contender === contenders[0] && count > 0) {
        throw new Error(`${contender.name} lost ${count} of ${tries} invalidations ${race.title}.`);
      }
      row.push(`${count} of ${tries}`);
    }
    rows.push(row);
  }
  await gateway.delay(0);
  return {
    title: "Invalidations lost because a load was under way",
    columns: ["", ...RACES.map(({ title }) => title)],
    rows,
    note: "The loader reads the origin, then holds until the origin has changed and the invalidation has been answered; lost means that another isolate is served the old value after that, until its time is over. cachified and ocache have no tags.",
  };
}
