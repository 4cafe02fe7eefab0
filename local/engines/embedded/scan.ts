// SCAN, HSCAN, SSCAN, ZSCAN and KEYS in place of the library's, whose cursor is an index into a fresh snapshot: with
// keys deleted between two pages it steps over others that stay.

import {
  RedisResult,
  RedisValue,
  hscanCommand,
  keysCommand,
  scanCommand,
  sscanCommand,
  zscanCommand,
} from "js-redis-server/core";
import type { CommandRegistry } from "js-redis-server/core";
import { globMatch } from "./glob.ts";
import type { KeyIndex } from "./key-index.ts";
import { byOrder, scanOrder, scanPage } from "./scan-order.ts";

/** Redis's COUNT where none is given. */
const DEFAULT_COUNT = 10;

/** Small collections come whole, whatever COUNT says, as Redis's compact encodings make them. */
const SMALL_COUNT = 128;
const SMALL_INTEGERS = 512;
const SMALL_BYTES = 64;

interface ScanArgs {
  readonly cursor: bigint;
  readonly match?: Buffer;
  readonly count?: number;
}

/** An element of a collection: what MATCH looks at, and what the reply shows of it. */
interface Element {
  readonly name: Buffer;
  readonly shown: readonly Buffer[];
}

function scanReply(next: string, values: readonly Buffer[]): RedisResult {
  return RedisResult.create(
    RedisValue.array([
      RedisValue.bulkString(Buffer.from(next)),
      RedisValue.array(values.map((value) => RedisValue.bulkString(value))),
    ]),
  );
}

/** A page of a hash, set or sorted set. Costs the sorting of the whole collection. */
function scanElements(elements: readonly Element[], whole: boolean, args: ScanArgs): RedisResult {
  const items = elements.map((element) => ({ order: scanOrder(element.name), element }));
  const count = whole ? items.length : (args.count ?? DEFAULT_COUNT);
  const { page, next } = scanPage(items.toSorted(byOrder), args.cursor, count);
  const { match } = args;
  const matching = match ? page.filter(({ element }) => globMatch(match, element.name)) : page;
  return scanReply(
    next,
    matching.flatMap(({ element }) => element.shown),
  );
}

function isListpack(elements: readonly Element[]): boolean {
  return (
    elements.length <= SMALL_COUNT &&
    elements.every(({ shown }) => shown.every((value) => value.length <= SMALL_BYTES))
  );
}

function isIntset(members: readonly Element[]): boolean {
  return (
    members.length <= SMALL_INTEGERS &&
    members.every(({ name }) => name.length <= 20 && /^(0|-?[1-9]\d*)$/.test(name.toString("latin1")))
  );
}

const hscan: typeof hscanCommand = {
  ...hscanCommand,
  execute(args, context) {
    // Read by an update: it drops the fields whose time is over. A missing key must not become an empty hash.
    if (context.db.getType(args.key) === null) return scanReply("0", []);
    const elements = context.db.updateHash(args.key, (hash) =>
      Array.from(hash.entries(), ({ field, value }) => ({
        name: field,
        shown: args.noValues ? [field] : [field, value],
      })),
    );
    return scanElements(elements, isListpack(elements), args);
  },
};

const sscan: typeof sscanCommand = {
  ...sscanCommand,
  execute(args, context) {
    const members = context.db.getSet(args.key)?.members.values() ?? [];
    const elements = Array.from(members, (member) => ({ name: member, shown: [member] }));
    return scanElements(elements, isIntset(elements), args);
  },
};

const zscan: typeof zscanCommand = {
  ...zscanCommand,
  execute(args, context) {
    const members = context.db.getSortedSet(args.key)?.members.values() ?? [];
    const elements = Array.from(members, ({ member, score }) => ({
      name: member,
      shown: [member, Buffer.from(String(score).replace("Infinity", "inf"))],
    }));
    return scanElements(elements, isListpack(elements), args);
  },
};

/**
 * Puts scanning commands with a stable cursor in place of the library's. A page of SCAN costs its length, and a sort
 * of the key names where keys were added since the last; a page of the others a sort of the whole collection.
 *
 * @param index the keys of the database they run on.
 */
export function mendScanCommands(registry: CommandRegistry, index: KeyIndex): void {
  const scan: typeof scanCommand = {
    ...scanCommand,
    execute(args, context) {
      const { page, next } = scanPage(index.sorted(), args.cursor, args.count ?? DEFAULT_COUNT);
      const keys = page
        .map(({ element }) => element)
        .filter((key) => {
          if (args.match && !globMatch(args.match, key)) return false;
          const type = context.db.getType(key);
          return type !== null && (args.type === undefined || args.type === type);
        });
      return scanReply(next, keys);
    },
  };
  const keys: typeof keysCommand = {
    ...keysCommand,
    execute: (args, context) =>
      RedisResult.create(
        RedisValue.array(
          index
            .sorted()
            .filter(({ element }) => globMatch(args.pattern, element) && context.db.getType(element) !== null)
            .map(({ element }) => RedisValue.bulkString(element)),
        ),
      ),
  };
  registry.override(scan);
  registry.override(keys);
  registry.override(hscan);
  registry.override(sscan);
  registry.override(zscan);
}
