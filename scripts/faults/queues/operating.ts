// What an operator does: redrives, looks at the dead, and in the end has all of it acked.

import type { Actor } from "../world.ts";
import { heard } from "./consuming.ts";
import type { Listing, Receiving, Redriving, Settling, Taken } from "./history.ts";
import { LONGEST_MS } from "./scenario.ts";
import { QUEUE, type QueueStage } from "./stage.ts";

const AT_ONCE = 100;
const VISIBILITY_SECONDS = 30;
/** Receives until a queue has to be empty: a message comes once for each of its attempts. */
const MOST_RECEIVES = 100;
/** Receipts of before that are tried after a redrive. */
const OLD_RECEIPTS = 20;

/** Looks at the dead, redrives them, and looks again. */
export function beginRedriving(stage: QueueStage): void {
  const actor: Actor = { name: "operator", isDead: false };
  const operating = createOperating(stage, actor);
  stage.begin(actor, async () => {
    await operating.list();
    await operating.redrive();
    await operating.list();
  });
}

/** Receives and acks everything; then redrives the dead, of which no receipt of before is good, and acks those. */
export function beginFinishing(stage: QueueStage): void {
  const actor: Actor = { name: "finisher", isDead: false };
  const operating = createOperating(stage, actor);
  stage.begin(actor, async () => {
    // After so long nothing is hidden any more, whatever Redis's clock has done.
    stage.world.advance(LONGEST_MS + Math.abs(stage.offMs));
    await operating.list();
    await operating.drain();
    await operating.redrive();
    await operating.list();
    for (const message of stage.taken.slice(-OLD_RECEIPTS)) await operating.ack(message);
    await operating.drain();
  });
}

function createOperating(stage: QueueStage, actor: Actor) {
  const { queues, note } = stage.open(actor, () => undefined);
  const called = () => ({ by: actor.name, begun: stage.moment(), arrived: null });

  async function ack({ id, receipt }: Pick<Taken, "id" | "receipt">): Promise<void> {
    const acking = note<Settling>({ ...called(), kind: "ack", id, receipt, visibilityMs: 0, answer: null });
    const { kind } = await queues.ack(QUEUE, receipt);
    acking.answer = kind === "acked" ? "done" : kind;
  }

  return {
    ack,

    async redrive(): Promise<void> {
      const redriving = note<Redriving>({ ...called(), kind: "redrive", count: null });
      redriving.count = await heard(queues.redrive(QUEUE));
    },

    async list(): Promise<void> {
      const listing = note<Listing>({ ...called(), kind: "dead", items: null });
      const page = await heard(queues.dead(QUEUE));
      listing.items = page?.items ?? null;
    },

    async drain(): Promise<void> {
      for (let left = MOST_RECEIVES; left > 0; left -= 1) {
        const receiving = note<Receiving>({
          ...called(),
          kind: "receive",
          max: AT_ONCE,
          visibilityMs: 1_000 * VISIBILITY_SECONDS,
          taken: null,
        });
        const taken = await queues.receive(QUEUE, { max: AT_ONCE, visibilitySeconds: VISIBILITY_SECONDS });
        receiving.taken = taken.map(({ body, ...rest }) => ({ ...rest, label: Number(body) }));
        if (taken.length === 0) return;
        for (const message of taken) await ack(message);
      }
      throw new Error(`there is more after ${MOST_RECEIVES} receives`);
    },
  };
}
