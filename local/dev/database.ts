// The development database: migrated and seeded before the Worker starts.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { seedStatements } from "../seed/sql.ts";
import { isPrepared } from "../seed/state.ts";
import { StartError } from "./start-error.ts";
import { workerStateDir, wranglerCommand, wranglerEnv } from "./wrangler.ts";

const run = promisify(execFile);

export interface DatabaseOptions {
  /** The repository's root, where wrangler.toml and the migrations are. */
  root: string;
  stateDir: string;
  env: NodeJS.ProcessEnv;
  /** Ends the work, for instance when the runner is told to end. */
  signal: AbortSignal;
}

/**
 * Brings the local D1 database to the newest migration and seeds it once. Where nothing is to be done it starts
 * no wrangler at all, which saves some seconds.
 * @throws StartError with wrangler's output when a migration fails
 */
export async function prepareDatabase({ root, stateDir, env, signal }: DatabaseOptions): Promise<void> {
  const persistTo = workerStateDir(stateDir);
  if (await isPrepared({ migrationsDir: join(root, "migrations"), persistTo })) return;

  const { command, script } = wranglerCommand();
  const wrangler = async (...args: string[]) => {
    await run(command, [script, ...args, "--local", "--persist-to", persistTo], {
      cwd: root,
      // CI: it asks no questions.
      env: { ...wranglerEnv(env, stateDir), CI: "true" },
      signal,
    });
  };
  const scratch = await mkdtemp(join(tmpdir(), "sedge-seed-"));
  try {
    await wrangler("d1", "migrations", "apply", "sedge");
    const seedFile = join(scratch, "seed.sql");
    await writeFile(
      seedFile,
      seedStatements()
        .map((statement) => `${statement};\n`)
        .join(""),
    );
    await wrangler("d1", "execute", "sedge", "--file", seedFile);
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new StartError(`The D1 database could not be prepared in ${persistTo}:\n${outputOf(cause)}`, {
      cause,
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** What wrangler said; it puts problems on either stream. */
function outputOf(cause: unknown): string {
  if (!(cause instanceof Error && "stdout" in cause && "stderr" in cause)) return String(cause);
  return `${String(cause.stdout)}${String(cause.stderr)}`.trim() || cause.message;
}
