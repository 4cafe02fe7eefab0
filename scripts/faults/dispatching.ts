// Dispatchers, what happens to them, and what receivers see of them.

import { RedisUnavailableError } from "../../lib/errors.ts";
import { createDispatcher, type ChannelEvent, type Delivery } from "../../lib/pubsub/index.ts";
import type { Attempt, DispatchRun } from "./history.ts";
import { reactionOf } from "./receivers.ts";
import { cut, openRest } from "./rest.ts";
import type { Stage } from "./stage.ts";
import type { Actor } from "./world.ts";

export const LEASE_MS = 30_000;
const DELIVERY_MS = 10_000;

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

export interface Dispatching {
  /** Runs to start while things go wrong. */
  readonly crons: number;
  /** Runs at once, at most, but for a cron that fires twice. */
  readonly most: number;
  readonly underWay: number;
  /** Starts what the cron starts. */
  cron(): void;
  /** A run from its beginning to its end. @returns whether it has left work to do */
  whole(): Promise<boolean>;
}

export function createDispatching(stage: Stage): Dispatching {
  const { scenario, world, engine, prefix, history, subscribers } = stage;
  const { faults, draw } = scenario;
  const skew = faults.find((fault) => fault.kind === "skew")?.byMs ?? 0;
  // What a clock does to a lease shows where another can take it.
  const mayTakeOver = faults.some(({ kind }) => kind === "lease" || kind === "clock" || kind === "skew");
  const how = faults.find((fault) => fault.kind === "cron")?.how ?? null;

  /** How often an event has come to a receiver. */
  const counts = new Map<string, number>();

  /** A call of a dispatcher, when its turn has come. */
  async function call(actor: Actor, run: DispatchRun, make: () => Promise<unknown>): Promise<unknown> {
    if (stage.isCalm) return make();
    stage.calls += 1;
    const struck = faults.filter((fault) => "call" in fault && fault.call === stage.calls);
    const kill = struck.find((fault) => fault.kind === "kill");
    const away = struck.find((fault) => fault.kind === "away");
    if (kill !== undefined) {
      const answer = kill.behind ? await make() : null;
      run.fate = "killed";
      actor.isDead = true;
      return answer;
    }
    if (struck.some((fault) => fault.kind === "last-events")) {
      await stage.wake();
      stage.isLast = true;
    }
    if (away !== undefined) stage.away = away.calls;
    if (stage.away > 0) {
      stage.away -= 1;
      throw cut();
    }
    const answer = await make();
    if (struck.some((fault) => fault.kind === "answer-lost")) throw cut();
    return answer;
  }

  async function receive(
    { actor, run, begun }: Isolate,
    to: string,
    event: ChannelEvent,
    numbered: { readonly attempt: number; readonly signal: AbortSignal } | null,
  ): Promise<Delivery> {
    const receiver = stage.receivers.get(to);
    if (actor.isDead || receiver === undefined) return never();
    const name = `${to} ${event.id}`;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    const reaction = reactionOf(receiver.how, count, receiver.tries, draw);
    const arrived = world.now();
    const noted: Attempt = {
      at: stage.moment(),
      run: run.run,
      to,
      event,
      attempt: numbered?.attempt ?? 1,
      answer: reaction.answer,
      wasHeard: false,
      sinceRunMs: stage.isCalm ? arrived - begun : 0,
    };
    history.attempts.push(noted);
    if (reaction.delivery === null) return never();
    await world.step(actor, async () => undefined);
    noted.wasHeard = numbered === null ? world.now() - arrived < DELIVERY_MS : !numbered.signal.aborted;
    return reaction.delivery;
  }

  async function dispatch(isolate: Isolate): Promise<boolean> {
    const { actor, run, at } = isolate;
    const dispatcher = createDispatcher({
      redis: openRest({
        engine,
        now: world.now,
        call: (make) => world.step(actor, () => call(actor, run, make)),
        order: (field) => history.listeners.findIndex(({ id }) => id === field),
      }),
      prefix,
      subscribers: subscribers.map(({ name, pattern, since }) => ({
        name,
        pattern,
        since,
        handle: async (event) => {
          const delivery = await receive(isolate, name, event, null);
          if (delivery.kind !== "delivered") throw new Error("it has failed");
        },
      })),
      deliver: (target, event, context) => receive(isolate, target.id, event, context),
      subrequests: scenario.subrequests,
      leaseMs: LEASE_MS,
      deliveryTimeoutMs: DELIVERY_MS,
      now: at,
      random: scenario.random,
      on: (notice) => {
        if (notice.type !== "lease-lost") return;
        run.lost.add(notice.subscription);
        run.losses += 1;
      },
    });
    try {
      const { more } = await dispatcher.run();
      run.fate = "ended";
      return more;
    } catch (error) {
      if (!(error instanceof RedisUnavailableError)) throw error;
      run.fate = "away";
      return true;
    }
  }

  function begin(): { readonly run: DispatchRun; readonly ended: Promise<boolean> } {
    const number = history.runs.length + 1;
    const run: DispatchRun = {
      run: number,
      begun: stage.moment(),
      fate: "running",
      lost: new Set(),
      losses: 0,
    };
    history.runs.push(run);
    const actor: Actor = { name: `dispatcher ${number}`, isDead: false };
    const isWrong = number % 2 === 0 && !stage.isCalm;
    const at = (): number => world.now() + (isWrong ? skew : 0);
    const ended = world.as(actor, () => dispatch({ actor, run, begun: world.now(), at }));
    ended.catch((error: unknown) => {
      stage.violations.push({ kind: "stuck", text: `run ${number} threw ${String(error)}` });
      run.fate = "away";
    });
    return { run, ended };
  }

  return {
    crons: how === "skipped" ? draw(0, 1) : scenario.crons,
    most:
      faults.find((fault) => fault.kind === "dispatchers")?.count ?? (mayTakeOver ? 2 : scenario.dispatchers),
    get underWay() {
      return history.runs.filter(({ fate }) => fate === "running").length;
    },
    cron() {
      if (how === "late") world.advance(draw(60_000, 600_000));
      begin();
      if (how === "doubled") begin();
    },
    async whole() {
      const { run, ended } = begin();
      while (run.fate === "running" && (await world.turn()));
      await world.settled();
      return run.fate === "ended" ? ended : run.fate !== "running";
    },
  };
}

/** Where a dispatcher runs. */
interface Isolate {
  readonly actor: Actor;
  readonly run: DispatchRun;
  /** By the world's clock. */
  readonly begun: number;
  /** Its own clock. */
  readonly at: () => number;
}
