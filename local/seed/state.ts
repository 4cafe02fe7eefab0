// Whether a local D1 database needs wrangler at all. Looking at its file takes a millisecond, asking wrangler seconds.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

export interface StateOptions {
  migrationsDir: string;
  /** What wrangler is given as `--persist-to`. */
  persistTo: string;
}

/** True when every migration is applied and the seed has been written. When in doubt, false. */
export async function isPrepared({ migrationsDir, persistTo }: StateOptions): Promise<boolean> {
  const wanted = (await readdir(migrationsDir)).filter((name) => name.endsWith(".sql"));
  const file = await databaseFile(join(persistTo, "v3", "d1", "miniflare-D1DatabaseObject"));
  if (file === null) return false;
  try {
    using database = new DatabaseSync(file, { readOnly: true });
    const applied = new Set(
      database
        .prepare("SELECT name FROM d1_migrations")
        .all()
        .map(({ name }) => name),
    );
    const allotted = database
      .prepare("SELECT next FROM sequences WHERE name = 'products' AND next > 1")
      .get();
    return wanted.every((name) => applied.has(name)) && allotted !== undefined;
  } catch {
    // Not there yet, locked, or laid out otherwise by another wrangler: let wrangler look.
    return false;
  }
}

/** The one database beside wrangler's own metadata. */
async function databaseFile(dir: string): Promise<string | null> {
  const names = await readdir(dir).catch((): string[] => []);
  const databases = names.filter((name) => name.endsWith(".sqlite") && name !== "metadata.sqlite");
  const [only, ...others] = databases;
  return only === undefined || others.length > 0 ? null : join(dir, only);
}
