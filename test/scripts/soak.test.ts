// What a soak would tell of, were it there.

import { describe, expect, it } from "vitest";
import { reportKeys } from "../../scripts/soak/keys.ts";
import { createLedger } from "../../scripts/soak/ledger.ts";
import { createMailbox, lossesOf } from "../../scripts/soak/mailbox.ts";
import { growthOf, tooMuchGrowth } from "../../scripts/soak/memory.ts";

/** A Redis that has these keys, each with so many milliseconds to live. */
const redisWith = (lives: Record<string, number>) => ({
  keys: async () => Object.keys(lives),
  run: async (commands: readonly (readonly string[])[]) => commands.map(([, key = ""]) => lives[key] ?? -2),
});

const reportOf = (lives: Record<string, number>, ledger = createLedger(), before: string[] = []) =>
  reportKeys({ rest: redisWith(lives), prefix: "sedge:", ledger, before: new Set(before) });

describe("the keys that are left", () => {
  it("are as many as were made and not deleted", async () => {
    const ledger = createLedger();
    ledger.add("counter", "a");
    ledger.add("counter", "b");
    const lives = { "sedge:counter:{a}": -1, "sedge:counter:{b}": -1 };
    expect((await reportOf(lives, ledger)).problems).toEqual([]);
    ledger.delete("counter", "b");
    expect((await reportOf(lives, ledger)).problems).toEqual([
      "2 keys of counters (sedge:counter:{b}), where 1 were made and not deleted",
    ]);
  });

  it("are of known kinds, and live as long as the documents say", async () => {
    const ledger = createLedger();
    ledger.add("token", "a", 20);
    ledger.add("counter", "a");
    const { problems } = await reportOf(
      { "sedge:unheard:of": -1, "sedge:token:{a}": -1, "sedge:counter:{a}": 5_000 },
      ledger,
    );
    expect(problems).toEqual([
      "sedge:counter:{a} ends, but counters last",
      "sedge:token:{a} lives for -1 ms, but one-time tokens for 20 s at most",
      "sedge:unheard:of is of no kind that is known",
    ]);
  });

  it("are told of where their time should be over, and not where they are another run's", async () => {
    let now = 0;
    const ledger = createLedger(() => now);
    ledger.add("token", "a", 20);
    const lives = { "sedge:token:{a}": 19_000 };
    expect((await reportOf(lives, ledger)).problems).toEqual([]);
    now = 60_000;
    expect((await reportOf(lives, ledger)).problems).toHaveLength(1);
    expect((await reportOf(lives, ledger, ["sedge:token:{a}"])).problems).toEqual([]);
  });
});

it("tells of every event and message that was lost, came twice to a page, or out of order", () => {
  const mailbox = createMailbox();
  for (const id of ["1000-9", "1000-10", "1001-0"]) mailbox.published.add(id);
  mailbox.delivered.set("1000-9", 2).set("1000-10", 1);
  mailbox.seen.push("1000-10", "1000-9", "1000-9");
  mailbox.sent.add("hello");
  mailbox.handled.set("nobody's", 1);
  expect(lossesOf(mailbox)).toEqual([
    "1 events never came to the webhook",
    "1 events were not seen live",
    "1 events were seen live more than once",
    "1 events were seen live out of order",
    "1 messages of queues were never handled",
    "1 messages came that nobody had sent",
  ]);
});

/** Half an hour's. */
const samples = (mibAt: (second: number) => number) =>
  Array.from({ length: 180 }, (_, i) => ({ seconds: i * 10, mib: mibAt(i * 10) }));

describe("memory", () => {
  it("may come to its size while everything warms up, and go up and down", () => {
    const growth = growthOf(
      "worker",
      samples((s) => Math.min(200, 80 + s) + (s % 70 === 0 ? 30 : 0)),
    );
    expect(tooMuchGrowth([growth])).toEqual([]);
  });

  it("may not grow on and on", () => {
    const growth = growthOf(
      "worker",
      samples((s) => 100 + s / 10),
    );
    expect(growth.mibPerMinute).toBeCloseTo(6);
    expect(tooMuchGrowth([growth])).toEqual(["the memory of worker grows: 119.0 MiB"]);
  });
});
