import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { measure, measureEntries, readEntries } from "../../scripts/package/measure.ts";
import { createProject, type Project } from "./support/project.ts";

/**
 * KiB that each entry adds to a Worker, with all it needs, minified and gzipped; `npm run build` prints them. One may
 * move by a tenth, or 0.3 KiB, before it is to be looked at, and written here anew.
 */
const KIB: Readonly<Record<string, number>> = {
  "sedge/cache": 9.2,
  "sedge/client": 2.0,
  "sedge/codec": 4.0,
  "sedge/counters": 2.1,
  "sedge/errors": 0.2,
  "sedge/hashes": 5.3,
  "sedge/hono": 2.9,
  "sedge/idempotency": 1.3,
  "sedge/leaderboards": 10.1,
  "sedge/lists": 5.7,
  "sedge/passwords": 5.5,
  "sedge/pubsub": 17.2,
  "sedge/ratelimit": 5.2,
  "sedge/redis": 19.6,
  "sedge/sessions": 7.9,
  "sedge/sets": 4.2,
  "sedge/tokens": 0.8,
  "sedge/webhooks": 7.0,
};

let project: Project;
beforeAll(async () => {
  project = await createProject();
});
afterAll(() => project?.remove());

it("each entry weighs what is written down, and needs nothing of Node", async () => {
  const measured = await measureEntries(project.installed);
  expect(measured.map(({ entry }) => entry).toSorted()).toEqual(Object.keys(KIB).toSorted());
  const moved = measured.flatMap(({ entry, gzipBytes }) => {
    const [is, was] = [gzipBytes / 1024, KIB[entry] ?? 0];
    return Math.abs(is - was) > Math.max(0.1 * was, 0.3) ? [`${entry}: ${is.toFixed(1)}, was ${was}`] : [];
  });
  expect(moved).toEqual([]);
});

describe("a Worker carries only what it uses", () => {
  it("nothing, of an entry that it imports nothing of", async () => {
    const nothing = await measure(project.installed, "");
    const entries = await readEntries(project.installed);
    expect(await measure(project.installed, entries.map((entry) => `import "${entry}";`).join("\n"))).toBe(
      nothing,
    );
  });

  it.each([
    ["sedge/sets", "createFollows"],
    ["sedge/lists", "createHistory"],
    ["sedge/pubsub", "createMatcher"],
    ["sedge/hono", "serverTiming"],
    ["sedge/webhooks", "createSecret"],
  ])("of %s less than half, for %s alone", async (entry, name) => {
    const whole = await measure(project.installed, `export * from "${entry}";`);
    const one = await measure(project.installed, `export { ${name} } from "${entry}";`);
    expect(one).toBeLessThan(whole / 2);
  });

  it("what two entries share, once", async () => {
    const entries = ["sedge/cache", "sedge/sessions", "sedge/ratelimit"];
    const lines = entries.map((entry, i) => `export * as e${i} from "${entry}";`);
    const together = await measure(project.installed, lines.join("\n"));
    const each = await Promise.all(lines.map((line) => measure(project.installed, line)));
    expect(together).toBeLessThan(0.9 * each.reduce((sum, bytes) => sum + bytes));
  });
});
