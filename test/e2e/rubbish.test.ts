// Bytes that are no HTTP, or half of it, sent to the Worker in workerd. Much of it ends before the Worker: at workerd, which
// answers 400 or 501 in plain text, or at miniflare, which stands where Cloudflare's network does. Those answers have no
// X-Request-Id, and what they say is not ours; the rest is.

import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PROBLEMS, problemType, type ProblemSlug } from "../../functions/http/problems.ts";
import { rawRequest } from "../functions/rubbish/raw.ts";
import { SECRET } from "../functions/rubbish/values.ts";
import { createRandom } from "../local/engines/differential/random.ts";
import { type Sedge, startSedge } from "./harness.ts";

/** As in test/functions/rubbish.test.ts, of whose number this is a tenth. */
const SEED = Number(process.env["RUBBISH_SEED"] || 20_261_102);
const REQUESTS = Math.ceil(Number(process.env["RUBBISH_REQUESTS"] || 3_000) / 10);
const MAX_MS = 5_000;

const TYPES = new Set((Object.keys(PROBLEMS) as ProblemSlug[]).map(problemType));

let sedge: Sedge;
beforeAll(async () => {
  sedge = await startSedge();
});
afterAll(() => sedge?.close());

/** Sends bytes, and no more. @returns all that comes back until the connection ends, or null where it does not */
function exchange(bytes: Buffer): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const socket = connect(Number(sedge.url.port), sedge.url.hostname);
  let answer = "";
  socket.setEncoding("latin1").on("data", (text: string) => (answer += text));
  // A server that has had enough resets the connection: that is an end of it, too.
  socket.on("error", () => undefined).on("close", () => resolve(answer));
  socket.setTimeout(MAX_MS, () => {
    resolve(null);
    socket.destroy();
  });
  socket.end(bytes);
  return promise;
}

/** The Worker's own answers among all there are on a connection. */
function answersOf(text: string): { status: number; head: string; body: string }[] {
  return (
    text
      // A body ends without a line break.
      .split(/(?=HTTP\/1\.1 \d{3} )/)
      .map((answer) => {
        const [head = "", ...body] = answer.split("\r\n\r\n");
        return { status: Number(head.slice(9, 12)), head, body: body.join("\r\n\r\n") };
      })
      .filter(({ head }) => /^x-request-id:/im.test(head))
  );
}

const rows = async (): Promise<unknown> =>
  Promise.all(
    ["products", "users", "outbox"].map((table) =>
      sedge.database.prepare(`SELECT count(*) FROM ${table}`).first(),
    ),
  );

const isProblem = (head: string, body: string): boolean =>
  /^content-type: application\/problem\+json\r?$/im.test(head) &&
  (body === "" || TYPES.has((JSON.parse(body) as { type: string }).type));

test(
  `${REQUESTS} times bytes that are no HTTP bring no 5xx of the Worker, write nothing, and it goes on`,
  async () => {
    const before = await rows();
    const faults: string[] = [];
    const statuses = new Map<number, number>();
    for (let number = 0; number < REQUESTS; number += 1) {
      const { told, bytes } = rawRequest(createRandom(Math.imul(SEED, 65_537) + number), sedge.key);
      const answer = await exchange(bytes);
      const fault = (what: string): void => void faults.push(`seed ${SEED}, ${number}: ${what}: ${told}`);
      if (answer === null) fault("no end of it");
      if (answer?.includes(SECRET) || answer?.includes(sedge.key)) fault("says a secret");
      for (const { status, head, body } of answersOf(answer ?? "")) {
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (status >= 500) fault(`answered ${status} ${body}`);
        else if (status >= 400 && !isProblem(head, body)) fault(`refused as ${head}\n${body}`);
      }
    }
    const told = [...statuses].map(([status, times]) => `${times} × ${status}`).join(", ");
    process.stdout.write(`seed ${SEED}: ${REQUESTS} times raw bytes, answered by the Worker ${told}\n`);

    // The first of them: the others are often the same.
    expect(faults.slice(0, 5), `${faults.length} of them`).toEqual([]);
    expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 400, 401, 404, 405]));
    expect(await rows()).toEqual(before);
    const counters = await sedge.send("GET", "/v1/counters?names=raw,smuggled");
    expect(await counters.json()).toEqual({
      items: [
        { name: "raw", value: 0 },
        { name: "smuggled", value: 0 },
      ],
    });
  },
  60_000 + REQUESTS * 100,
);
