// `npm run dev` for the tests of a browser: on data of its own, which go with it.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ready, startDevRunner } from "../e2e/dev-runner.ts";

export interface Dev {
  url: string;
  /** Calls the API with the development key; throws where it refuses. */
  call: (method: string, path: string, body?: unknown) => Promise<unknown>;
  close: () => Promise<void>;
}

export async function startDev(): Promise<Dev> {
  const stateDir = await mkdtemp(join(tmpdir(), "sedge-browser-"));
  const runner = await startDevRunner({ stateDir });
  await ready(runner);
  const { url } = runner;
  return {
    url,
    async call(method, path, body) {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: { authorization: "Bearer sedge-local", "content-type": "application/json" },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
      return text === "" ? null : JSON.parse(text);
    },
    async close() {
      runner.process.kill("SIGTERM");
      await runner.ended;
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}
