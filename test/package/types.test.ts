import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readEntries } from "../../scripts/package/measure.ts";
import { createProject, type Project } from "./support/project.ts";

let project: Project;
beforeAll(async () => {
  project = await createProject();
});
afterAll(() => project?.remove());

/** Checks a file of the project, and the declarations that it imports, by the strictest settings. */
async function check(source: string, options: object): Promise<void> {
  const compilerOptions = {
    target: "es2024",
    module: "esnext",
    moduleResolution: "bundler",
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
    ...options,
  };
  await writeFile(
    join(project.folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions, files: ["main.ts"] }),
  );
  await writeFile(join(project.folder, "main.ts"), source);
  await project.checkTypes();
}

const WORKERS = { lib: ["es2024"], types: ["@cloudflare/workers-types"] };
const BROWSERS = { lib: ["es2024", "dom", "dom.iterable", "dom.asynciterable"], types: [] };

describe("every entry's types hold", () => {
  it.each([
    ["in a Worker", WORKERS],
    ["where there are a browser's types", BROWSERS],
    ["by Node's resolution", { ...WORKERS, module: "nodenext", moduleResolution: "nodenext" }],
  ])("%s", async (_, options) => {
    const entries = await readEntries(project.installed);
    expect(entries.length).toBeGreaterThan(10);
    await check(entries.map((entry, i) => `export * as e${i} from "${entry}";`).join("\n"), options);
  });
});

describe("the typed client", () => {
  it("knows routes, what they take and what they answer, with nothing but Hono installed", async () => {
    const checked = check(
      `
      import { createClient } from "sedge/client";
      const sedge = createClient("https://sedge.example", { headers: { Authorization: "Bearer key" } });
      export async function use(): Promise<number> {
        const counted = await sedge.v1.counters[":name"].increments.$post({ param: { name: "a" }, json: { by: 2 } });
        const product = await sedge.v1.products[":id"].$get({ param: { id: "1" } });
        const name: string = (await product.json()).name;
        const { items } = await (await sedge.v1.queues[":queue"].dead.$get({ param: { queue: "q" }, query: {} })).json();
        const attempts: number | undefined = items[0]?.attempts;
        await sedge.v1.limits.check.$post({ json: { limits: [{ policy: "public", identifier: name }] } });
        // @ts-expect-error: it counts in numbers
        await sedge.v1.counters[":name"].increments.$post({ param: { name: "a" }, json: { by: "2" } });
        // @ts-expect-error: there is no such route
        sedge.v1.nothing;
        // @ts-expect-error: a price is a number
        const price: string = (await product.json()).price;
        return (await counted.json()).value + (attempts ?? price.length);
      }`,
      WORKERS,
    );
    await expect(checked).resolves.toBeUndefined();
  });
});

it("a wrong use of a pattern is a compiler's error", async () => {
  const source = `
    import { createCounters } from "sedge/counters";
    import { createConnection } from "sedge/redis";
    const counters = createCounters({ redis: createConnection({ url: "", token: "" }).open() });
    export const value: Promise<string> = counters.get("views");`;
  await expect(check(source, WORKERS)).rejects.toThrow(
    "'Promise<number>' is not assignable to type 'Promise<string>'",
  );
});
