// Publishers: what they sent, and what they were told.

import { RedisUnavailableError } from "../../lib/errors.ts";
import { createEventLog } from "../../lib/pubsub/index.ts";
import type { PublishedEvent } from "./history.ts";
import { cut, openRest } from "./rest.ts";
import type { Stage } from "./stage.ts";
import type { Actor } from "./world.ts";

const CHANNELS = ["user:new", "user:gone", "order:new", "order:paid", "news"] as const;

export interface Publishing {
  /** Publishes the bursts of the scenario, one after the other. */
  begin(): void;
  /** One more event on each channel, all of them acknowledged. */
  wake(): Promise<void>;
  /** The last label whose publish is over. */
  readonly over: number;
}

export function createPublishing(stage: Stage): Publishing {
  const { scenario, world, engine, prefix, history } = stage;
  const actor: Actor = { name: "publisher", isDead: false };
  const lost = scenario.faults.find((fault) => fault.kind === "publish-lost") ?? null;
  let calls = 0;
  let over = 0;
  let hasCome: (() => void) | null = null;

  const redis = openRest({
    engine,
    now: world.now,
    call(make) {
      hasCome?.();
      return world.step(actor, async () => {
        calls += 1;
        if (stage.away > 0) {
          stage.away -= 1;
          // A breaker that is open has sent nothing; a time-out says nothing.
          throw calls % 2 === 0 ? new RedisUnavailableError("breaker-open") : cut();
        }
        const answer = await make();
        if (calls === lost?.call) throw cut();
        return answer;
      });
    },
  });
  const log = createEventLog({ redis, prefix });

  function note(channel: string, key: string | null): PublishedEvent {
    const label = history.publishes.length + 1;
    const published: PublishedEvent = {
      label,
      channel,
      key,
      outcome: "unknown",
      id: null,
      begun: stage.moment(),
      acknowledged: null,
    };
    history.publishes.push(published);
    return published;
  }

  function acknowledge(published: PublishedEvent, id: string): void {
    Object.assign(published, { id, outcome: "acknowledged", acknowledged: stage.moment() });
  }

  async function publish(published: PublishedEvent, idempotencyKey?: string): Promise<void> {
    const { channel, key, label } = published;
    try {
      const answer = await log.publish(channel, label, { key: key ?? undefined, idempotencyKey });
      if (answer.kind !== "published") throw new Error(answer.kind);
      acknowledge(published, answer.id);
    } catch (error) {
      if (!(error instanceof RedisUnavailableError)) throw error;
      published.outcome = error.reason === "breaker-open" ? "refused" : "unknown";
    }
  }

  async function publishAll(): Promise<void> {
    for (const burst of scenario.bursts) {
      for (let turns = scenario.draw(0, scenario.pace); turns > 0; turns -= 1) {
        await world.step(actor, async () => undefined);
      }
      const events = burst.map(({ channel, key }) => note(channel, key));
      if (lost?.again !== true) await Promise.all(events.map((event) => publish(event)));
      else for (const event of events) await insist(event);
      over = history.publishes.length;
    }
  }

  /** Publishes until there is an answer. */
  async function insist(event: PublishedEvent): Promise<void> {
    while (event.outcome !== "acknowledged") {
      // An idempotency key is hashed on another thread.
      hasCome = world.comes();
      await publish(event, `event ${event.label}`);
    }
  }

  async function wake(): Promise<void> {
    for (const channel of CHANNELS) {
      const published = note(channel, null);
      const answer = await stage.log.publish(channel, published.label);
      if (answer.kind === "published") acknowledge(published, answer.id);
    }
  }
  stage.wake = wake;

  return {
    begin: () => void world.as(actor, publishAll),
    wake,
    get over() {
      return over;
    },
  };
}
