// Items that all have the same two tags.

import { createTags } from "../../lib/sets/index.ts";
import { createTagKeys } from "../../lib/sets/keys.ts";
import type { Bench } from "../harness/bench.ts";
import { fillBySteps, opener, requireSame, type Subject } from "./subject.ts";

const PAGE = 20;

const tagsOf = (size: number): [string, string] => [`oak${size}`, `new${size}`];

/**
 * What so many replacements write.
 *
 *   KEYS[1], KEYS[2] tags  ARGV[1], ARGV[2] numbers, from and before  ARGV[3], ARGV[4] the tags' names
 *   ARGV[5] what an item's key begins with  ARGV[6] what its name begins with
 */
const FILL = `
local items = {}
for i = ARGV[1], ARGV[2] - 1 do
  local item = ARGV[6] .. string.format('%07.0f', i)
  items[#items + 1] = 0
  items[#items + 1] = item
  redis.call('RPUSH', ARGV[5] .. item, ARGV[3], ARGV[4])
end
redis.call('ZADD', KEYS[1], unpack(items))
redis.call('ZADD', KEYS[2], unpack(items))
`;

export function tags(bench: Bench): Subject {
  const open = opener(bench);
  const itemTags = () => createTags({ redis: open() });
  const keys = createTagKeys("sedge");

  async function firstPage(size: number): Promise<void> {
    const { items } = await itemTags().items({ all: tagsOf(size) }, { limit: PAGE });
    const expected = Array.from({ length: PAGE }, (_, i) => `${size}-${String(i).padStart(7, "0")}`);
    requireSame("a page", items, expected);
  }

  return {
    elements: "items of each tag",

    async fill(size) {
      const names = tagsOf(size);
      const [itemsPrefix = ""] = keys.item("~").split("~");
      const args = [...names, itemsPrefix, `${size}-`];
      await fillBySteps(bench, size, { lua: FILL, keys: names.map(keys.tag), args });
      requireSame(
        "an item's tags",
        await itemTags().get(`${size}-${String(size - 1).padStart(7, "0")}`),
        names,
      );
    },

    operations: [{ title: `tags: first ${PAGE} items of two tags`, run: firstPage }],
  };
}
