import { expect, test } from "vitest";
import { keepWorker } from "../../../local/dev/keep.ts";
import type { Worker } from "../../../local/dev/worker.ts";

/** A Worker that answers and dies when it is told to. */
function createLives({ answers = true } = {}) {
  const lives: { die: (how: string) => void; isStopped: boolean }[] = [];
  const printed: string[] = [];
  let time = 0;
  const start = (): Worker => {
    const { promise: died, resolve: die } = Promise.withResolvers<string>();
    const life = { die, isStopped: false };
    lives.push(life);
    return {
      url: "http://localhost:8787",
      ready: answers ? Promise.resolve() : new Promise(() => undefined),
      died,
      stop: async () => void (life.isStopped = true),
    };
  };
  const worker = keepWorker({ start, print: (line) => void printed.push(line), now: () => time });
  return {
    worker,
    lives,
    printed,
    advance: (seconds: number) => void (time += seconds * 1_000),
    die: async () => {
      await worker.ready;
      lives.at(-1)?.die("wrangler dev died (exit code 1)");
    },
  };
}

test("a Worker that dies is started again, when all of it has ended, and that is said", async () => {
  const { lives, printed, die } = createLives();
  await die();
  await expect.poll(() => lives.length).toBe(2);
  expect(lives.map(({ isStopped }) => isStopped)).toEqual([true, false]);
  expect(printed).toEqual(["wrangler dev died (exit code 1): it is started again."]);
});

test("one that never answered is not", async () => {
  const { lives, worker } = createLives({ answers: false });
  lives[0]?.die("wrangler dev died (exit code 1)");
  expect(await worker.died).toBe("wrangler dev died (exit code 1)");
  expect(lives).toHaveLength(1);
});

test("nor one that dies for the third time in a minute, but a week of deaths an hour apart is outlived", async () => {
  const { lives, worker, die, advance } = createLives();
  for (let hour = 2; hour < 170; hour += 1) {
    advance(3_600);
    await die();
    await expect.poll(() => lives.length, { interval: 1 }).toBe(hour);
  }
  await die();
  await expect.poll(() => lives.length).toBe(170);
  await die();
  await expect.poll(() => lives.length).toBe(171);
  await die();
  expect(await worker.died).toBe("wrangler dev died (exit code 1)");
});

test("one that is stopped is not started again", async () => {
  const { lives, worker, die } = createLives();
  await worker.ready;
  await worker.stop();
  await die();
  await Promise.resolve();
  expect(lives).toHaveLength(1);
  expect(lives[0]?.isStopped).toBe(true);
});
