import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { runCron } from "../../../local/dev/cron.ts";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A Worker whose scheduled function answers as told, one run after the other. */
async function startWorker(outcomes: readonly (readonly [status: number, text: string])[]) {
  const fired: string[] = [];
  const server = createServer((request, response) => {
    const [status, text] = outcomes[fired.length] ?? [200, "ok"];
    fired.push(request.url ?? "");
    response.writeHead(status).end(text);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { fired, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** Runs the cron for so many intervals. */
async function run(workerUrl: string, intervals: number) {
  const stop = new AbortController();
  const problems: string[] = [];
  const waits: number[] = [];
  await runCron({
    workerUrl,
    everySeconds: 60,
    report: (problem) => problems.push(problem),
    signal: stop.signal,
    wait: async (ms) => {
      waits.push(ms);
      if (waits.length === intervals) stop.abort();
    },
  });
  return { problems, waits };
}

describe("the cron of npm run dev", () => {
  it("fires the scheduled function at once and after each interval, until it is stopped", async () => {
    const worker = await startWorker([]);
    const { problems, waits } = await run(worker.url, 3);
    expect(worker.fired).toEqual(Array(3).fill("/cdn-cgi/handler/scheduled?cron=*+*+*+*+*"));
    expect(waits).toEqual([60_000, 60_000, 60_000]);
    expect(problems).toEqual([]);
  });

  it("reports a run that failed, and goes on", async () => {
    const worker = await startWorker([[500, "exception\nwith a stack"]]);
    const { problems } = await run(worker.url, 2);
    expect(problems).toEqual(["The scheduled function failed (500 exception)."]);
    expect(worker.fired).toHaveLength(2);
  });

  it("reports a Worker that cannot be reached, and goes on", async () => {
    const { problems } = await run("http://127.0.0.1:1", 2);
    expect(problems).toHaveLength(2);
    expect(problems[0]).toMatch(/^The scheduled function could not be fired: /);
  });

  it("ends without a report when it is stopped during a run", async () => {
    const stop = new AbortController();
    const server = createServer(() => stop.abort());
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    closing.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const problems: string[] = [];
    await runCron({
      workerUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      everySeconds: 60,
      report: (problem) => problems.push(problem),
      signal: stop.signal,
    });
    expect(problems).toEqual([]);
  });
});
