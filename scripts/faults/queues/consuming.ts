// Consumers: what they were given, and what they did with it.

import { RedisUnavailableError } from "../../../lib/errors.ts";
import { oneOf } from "../faults.ts";
import type { Actor } from "../world.ts";
import type { Habit } from "./faults.ts";
import type { Receiving, Settling, Taken } from "./history.ts";
import { QUEUE, type QueueStage } from "./stage.ts";

/** What a consumer does with a message: the more often in its list, the more likely. */
type Way = "ack" | "ack twice" | "extend" | "give back" | "leave" | "be late";
const WAYS: { readonly [Of in Habit | "usual"]: readonly Way[] } = {
  usual: ["ack", "ack", "ack", "ack", "ack twice", "extend", "give back", "leave", "be late"],
  slow: ["ack", "be late", "be late"],
  forgetful: ["ack", "leave", "leave"],
  refusing: ["ack", "give back", "give back", "extend"],
  stale: ["ack", "leave", "be late", "ack twice"],
};
/** After a killed consumer another one begins, which receives so often. */
const ROUNDS_AFTER = 5;

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export function beginConsuming(stage: QueueStage): void {
  const { world, scenario, taken: before } = stage;
  const { draw, habit } = scenario;
  let consumers = 0;

  async function consume(actor: Actor, rounds: number): Promise<void> {
    const { queues, note } = stage.open(actor, () => start(ROUNDS_AFTER));
    const called = () => ({ by: actor.name, begun: stage.moment(), arrived: null });

    async function receive(visibilitySeconds: number): Promise<readonly Taken[]> {
      const max = draw(1, 5);
      const receiving = note<Receiving>({
        ...called(),
        kind: "receive",
        max,
        visibilityMs: 1_000 * visibilitySeconds,
        taken: null,
      });
      const waitSeconds = draw(0, 2);
      const taken = await heard(queues.receive(QUEUE, { max, visibilitySeconds, waitSeconds }));
      if (taken === null) return [];
      receiving.taken = taken.map(({ id, body, receipt, attempts }) => ({
        id,
        label: Number(body),
        receipt,
        attempts,
      }));
      before.push(...receiving.taken);
      return receiving.taken;
    }

    async function settle(kind: Settling["kind"], { id, receipt }: Taken, seconds = 0): Promise<void> {
      const settling = note<Settling>({
        ...called(),
        kind,
        id,
        receipt,
        visibilityMs: 1_000 * seconds,
        answer: null,
      });
      const answer = await heard<{ readonly kind: string }>(
        kind === "ack" ? queues.ack(QUEUE, receipt) : queues.extend(QUEUE, receipt, seconds),
      );
      if (answer === null) return;
      settling.answer = answer.kind === "stale" || answer.kind === "unknown" ? answer.kind : "done";
    }

    async function handle(message: Taken, visibilitySeconds: number): Promise<void> {
      await world.step(actor, async () => undefined);
      const way = oneOf(WAYS[habit ?? "usual"], draw);
      if (way === "be late") await sleep(1_000 * visibilitySeconds + draw(0, 5_000));
      if (way === "extend") {
        await settle("extend", message, draw(1, 60));
        await sleep(1_000 * draw(0, 40));
      }
      if (way === "leave") return;
      if (way === "give back") return settle("extend", message, oneOf([0, 0, 5], draw));
      await settle("ack", message);
      if (way === "ack twice") await settle("ack", message);
    }

    for (let left = rounds; left > 0; left -= 1) {
      if (draw(1, 6) === 1) await sleep(1_000 * draw(1, 40));
      const visibilitySeconds = draw(3, 60);
      for (const message of await receive(visibilitySeconds)) await handle(message, visibilitySeconds);
      const usesOld = before.length > 0 && draw(1, habit === "stale" ? 1 : 5) === 1;
      if (usesOld) await settle(oneOf(["ack", "extend"] as const, draw), oneOf(before, draw), draw(0, 20));
    }
  }

  function start(rounds: number): void {
    const actor: Actor = { name: `consumer ${(consumers += 1)}`, isDead: false };
    stage.begin(actor, () => consume(actor, rounds));
  }
  for (const rounds of scenario.consumers) start(rounds);
}

/** @returns null where no answer came */
export async function heard<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof RedisUnavailableError) return null;
    throw error;
  }
}
