import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isPrepared } from "../../../local/seed/state.ts";

let dir: string;
const databasePath = () => join(dir, "v3", "d1", "miniflare-D1DatabaseObject", "abc.sqlite");
const check = () => isPrepared({ migrationsDir: join(dir, "migrations"), persistTo: dir });

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "sedge-state-"));
  await mkdir(join(dir, "migrations"));
  await mkdir(join(dir, "v3", "d1", "miniflare-D1DatabaseObject"), { recursive: true });
  await writeFile(join(dir, "migrations", "0001_products.sql"), "");
});

afterEach(() => rm(dir, { recursive: true, force: true }));

function createDatabase(next: number): void {
  using database = new DatabaseSync(databasePath());
  database.exec(`
    CREATE TABLE d1_migrations (name TEXT);
    INSERT INTO d1_migrations VALUES ('0001_products.sql');
    CREATE TABLE sequences (name TEXT, next INTEGER);
    INSERT INTO sequences VALUES ('products', ${next});
  `);
}

describe("whether the development database is ready", () => {
  it("is yes when every migration is applied and the seed written", async () => {
    createDatabase(529);
    await writeFile(join(dir, "v3", "d1", "miniflare-D1DatabaseObject", "metadata.sqlite"), "");
    expect(await check()).toBe(true);
  });

  it("is no before the first start", async () => {
    await rm(join(dir, "v3"), { recursive: true });
    expect(await check()).toBe(false);
  });

  it("is no when a migration is new", async () => {
    createDatabase(529);
    await writeFile(join(dir, "migrations", "0002_users.sql"), "");
    expect(await check()).toBe(false);
  });

  it("is no when the seed is missing", async () => {
    createDatabase(1);
    expect(await check()).toBe(false);
  });

  it("is no when the file is none that can be read", async () => {
    await writeFile(databasePath(), "not a database, but long enough to be looked at as one");
    expect(await check()).toBe(false);
  });
});
