// Producers: what they sent, and what they were told.

import { RedisUnavailableError } from "../../../lib/errors.ts";
import type { Actor } from "../world.ts";
import type { Sending } from "./history.ts";
import type { SendPlan } from "./scenario.ts";
import { QUEUE, type QueueStage } from "./stage.ts";

export function beginProducing(stage: QueueStage): void {
  const { world, scenario } = stage;
  let labels = 0;

  const labelled = ({ messages }: SendPlan) => messages.map((each) => ({ ...each, label: (labels += 1) }));

  async function produce(actor: Actor, plans: readonly SendPlan[]): Promise<void> {
    const { queues, note } = stage.open(actor, () => undefined);

    /** @returns whether there was an answer */
    async function send(messages: Sending["messages"], idempotencyKey: string | undefined): Promise<boolean> {
      const sending = note<Sending>({
        kind: "send",
        by: actor.name,
        begun: stage.moment(),
        arrived: null,
        messages,
        ids: null,
      });
      const jobs = messages.map(({ label, ...rest }) => ({ body: label, ...rest }));
      try {
        const answer = await queues.send(QUEUE, jobs, { idempotencyKey });
        if (answer.kind !== "sent") throw new Error(answer.kind);
        sending.ids = answer.ids;
        return true;
      } catch (error) {
        if (!(error instanceof RedisUnavailableError)) throw error;
        return false;
      }
    }

    for (const plan of plans) {
      for (let turns = scenario.draw(0, 6); turns > 0; turns -= 1) {
        await world.step(actor, async () => undefined);
      }
      const first = labelled(plan);
      const key = plan.insists === "by key" ? `call ${first[0]?.label}` : undefined;
      let isOver = await send(first, key);
      // Who asks again though there was an answer has sent nothing more.
      if (isOver && key !== undefined && scenario.draw(1, 4) === 1) isOver = await send(first, key);
      while (!isOver && plan.insists !== null) {
        // By its dedupIds alone it is another call, whose bodies nobody gets who has the first ones.
        isOver = await send(key === undefined ? labelled(plan) : first, key);
      }
    }
  }

  for (const [i, plans] of scenario.producers.entries()) {
    const actor: Actor = { name: `producer ${i + 1}`, isDead: false };
    stage.begin(actor, () => produce(actor, plans));
  }
}
