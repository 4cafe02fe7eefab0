// What the documentation shows over HTTP, done: each page's commands against a fresh `npm run dev`, their output compared. Its Redis is
// the embedded one, as the pages say.

import { execFile, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { comparable, runCommand, stepsOf } from "../docs/consoles.ts";
import { kindOf, readPages } from "../docs/markdown.ts";
import { type DevRunner, ready, startDevRunner } from "./dev-runner.ts";

const pages = readPages();
const hasCurl = spawnSync("curl", ["--version"]).error === undefined;
// Where everything must hold, it must be there.
if (!hasCurl && process.env["CI"]) throw new Error("There is no curl: the pages' calls are made by it.");
if (!hasCurl)
  console.warn("There is no curl: the pages' calls are not made, and nothing is known of their output.");
const received: string[] = [];
let folder = "";
let dev: DevRunner | undefined;
let receiver: Server | undefined;
/** The ports as the pages have them, and as they are here. */
let ports: readonly (readonly [shown: string, here: string])[];

const here = (text: string): string => ports.reduce((moved, [from, to]) => moved.replaceAll(from, to), text);
const shown = (text: string): string => ports.reduce((moved, [to, from]) => moved.replaceAll(from, to), text);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sedge-docs-"));
  dev = await startDevRunner({ stateDir: join(folder, "state") });
  receiver = createServer((request, response) => {
    received.push(`${request.url} ${String(request.headers["webhook-id"])}`);
    response.writeHead(204).end();
  }).listen(0);
  await once(receiver, "listening");
  ports = [
    ["localhost:8787", `localhost:${dev.port}`],
    ["127.0.0.1:8079", `127.0.0.1:${dev.redisPort}`],
    ["localhost:9000", `localhost:${(receiver.address() as AddressInfo).port}`],
  ];
  await ready(dev);
});

afterAll(async () => {
  dev?.process.kill("SIGTERM");
  await dev?.ended;
  receiver?.close();
  if (folder !== "") await rm(folder, { recursive: true });
});

describe
  .skipIf(!hasCurl)
  .each(pages.filter(({ blocks }) => blocks.some((block) => kindOf(block) === "console")))(
  "$path",
  ({ path, blocks }) => {
    const steps = blocks.filter((block) => kindOf(block) === "console").flatMap(stepsOf);

    // On a busy machine a check of limits may take longer than a call waits for it: then the next call is the one that asks. So
    // what only reads is asked again.
    it.each(steps)(`${path}:$line prints what it says`, async ({ command, shown: said }) => {
      const attempts = /^curl -si? \S+$/.test(command) ? 3 : 1;
      let compare = { shown: said, printed: "" };
      for (let attempt = 1; attempt <= attempts && compare.printed !== compare.shown; attempt += 1) {
        compare = comparable(said, shown(await runCommand(here(command), folder)));
      }
      expect(compare.printed).toBe(compare.shown);
    });
  },
);

const scripts = pages.flatMap(({ path, blocks }) =>
  blocks.filter((block) => kindOf(block) === "js").map(({ line, lines }) => ({ path, line, lines })),
);

it.each(scripts)("$path:$line: its script prints what it says", async ({ lines }) => {
  const [, prints = ""] = /\/\/ prints (.+)$/m.exec(lines.join("\n")) ?? [];
  expect(prints).not.toBe("");
  const args = ["--experimental-eventsource", "--input-type=module", "--eval", here(lines.join("\n"))];
  const script = execFile(process.execPath, args);
  try {
    let printed = "";
    script.stdout?.on("data", (text: string) => (printed += text));
    await vi.waitFor(() => expect(printed.trim()).toBe(prints), 10_000);
  } finally {
    script.kill();
  }
});

it("delivers to the webhook that the README makes", async () => {
  await vi.waitFor(
    () => expect(received).toContainEqual(expect.stringMatching(/^\/hook \d{13}-\d+$/)),
    10_000,
  );
});
