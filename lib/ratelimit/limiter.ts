// The rate limiter, put together.

import { RedisUnavailableError } from "../errors.ts";
import { bounded } from "./bounded.ts";
import { decide, decideUnasked, type Standing } from "./decide.ts";
import { createRateLimitKeys } from "./keys.ts";
import { NO_ADVANCE, type Advance } from "./leases.ts";
import { checkLimits, MAX_LEASE_SECONDS } from "./policy.ts";
import { readReplies, type Reply } from "./reply.ts";
import { CHECK } from "./script.ts";
import type { Limit, RateLimiter, RateLimiterOptions } from "./types.ts";

/** A Worker's clock stands still while it computes: permits are spent no later than this before they are over. */
const CLOCK_SLACK_MS = 100;

/** A limit with its defaults, and its key. */
interface Asked extends Limit {
  readonly cost: number;
  readonly key: string;
}

const isLeasing = ({ policy, cost }: Asked): boolean => policy.lease !== undefined && cost > 0;

const holdMs = ({ policy: { lease } }: Asked): number =>
  Math.floor((lease?.seconds ?? MAX_LEASE_SECONDS) * 1_000);

function args({ policy, cost, ...asked }: Asked, { want, given, stamp }: Advance): (string | number)[] {
  const { algorithm, windowSeconds, limit, shadow = false } = policy;
  const hold = holdMs({ policy, cost, ...asked });
  return [
    algorithm,
    windowSeconds * 1_000,
    limit,
    cost,
    shadow ? 1 : 0,
    want,
    hold,
    given,
    stamp.born,
    stamp.part,
  ];
}

/**
 * Limits how much may pass, in Redis, by Redis's clock.
 *
 * One script checks any number of limits, of any algorithm: all of them take, or none. No policy ever lets more than its
 * limit through, in the sense of its algorithm, over any number of isolates, permits held in advance included. What an
 * isolate holds is counted as spent as late as it could be.
 *
 * Make one per request, from that request's `redis`: it is cheap. `leases` is the isolate's.
 *
 * @throws InvalidNameError
 */
export function createRateLimiter({
  redis,
  prefix = "sedge",
  group = "all",
  leases,
  timeoutMs = 250,
  on = () => undefined,
  now = Date.now,
  redisNow,
}: RateLimiterOptions): RateLimiter {
  const keyOf = createRateLimitKeys(prefix, group);

  /**
   * What to ask in advance. Nothing where it could save no trip: beside a limit that has to ask Redis each time. A look asks
   * for nothing either, and gives nothing back.
   */
  function advancesOf(asked: readonly Asked[], at: number): Advance[] {
    const leasing = asked.every(isLeasing);
    return asked.map(({ key, policy: { lease } }) =>
      leasing && leases !== undefined && lease !== undefined
        ? leases.ask(key, lease.permits, at, at + timeoutMs)
        : NO_ADVANCE,
    );
  }

  function keep(asked: Asked, { want }: Advance, reply: Reply, at: number): void {
    if (leases === undefined || want === 0) return;
    const { leased, holdMs: hold, remaining, waitMs, born, part } = reply;
    // Redis has given them after they were asked for: counted from then, they end here before they end there.
    const until = at + hold - CLOCK_SLACK_MS;
    const lease = { left: leased, permits: leased, until, remaining, resetAt: at + waitMs, born, part };
    leases.keep(asked.key, leased > 0 ? lease : undefined);
  }

  /** Until the last of those that refused has room, but no longer than permits are held: somebody may give some back. */
  function rememberRefusal(
    asked: readonly Asked[],
    replies: readonly Reply[],
    standings: readonly Standing[],
    at: number,
  ): void {
    const waits = replies.flatMap(({ fits, waitMs }, i) =>
      fits || asked[i]?.policy.shadow === true ? [] : [waitMs],
    );
    if (leases === undefined || waits.length === 0 || !asked.every(isLeasing)) return;
    leases.refusals.remember(asked, standings, at + Math.min(Math.max(...waits), ...asked.map(holdMs)));
  }

  async function ask(asked: readonly Asked[], at: number): Promise<Standing[]> {
    const advances = advancesOf(asked, at);
    const answer = await bounded(
      redis.run(
        { ...CHECK, commands: CHECK.commands - 1 + asked.length },
        asked.map(({ key }) => key),
        [redisNow?.() ?? "", ...asked.flatMap((limit, i) => args(limit, advances[i] ?? NO_ADVANCE))],
      ),
      timeoutMs,
      () => new RedisUnavailableError("timeout"),
    );
    const replies = readReplies(answer, asked.length);
    const standings = replies.map((reply, i) => {
      const [limit, advance] = [asked[i], advances[i]];
      if (limit !== undefined && advance !== undefined) keep(limit, advance, reply, at);
      const { fits, remaining, leased, waitMs } = reply;
      return { fits, remaining: remaining + leased, resetAt: now() + waitMs };
    });
    rememberRefusal(asked, replies, standings, at);
    return standings;
  }

  return {
    async check(limits) {
      checkLimits(limits);
      const asked = limits.map(({ policy, identifier, cost = 1 }): Asked => ({
        policy,
        identifier,
        cost,
        key: keyOf(policy.name, identifier),
      }));
      const at = now();
      const refused = leases?.refusals.recall(asked, at);
      if (refused !== undefined) return decide(limits, refused, at, on);
      const held = leases?.spend(asked, at);
      if (held !== undefined) {
        const standings = held.map(({ left, remaining, resetAt }) => ({
          fits: true,
          remaining: remaining + left,
          resetAt: Math.max(at, resetAt),
        }));
        return decide(limits, standings, at, on);
      }
      try {
        const standings = await ask(asked, at);
        return decide(limits, standings, now(), on);
      } catch (error) {
        const decision = decideUnasked(limits, now());
        on({ type: "unavailable", success: decision.success, error });
        return decision;
      }
    },

    async reset(name, identifier) {
      const key = keyOf(name, identifier);
      leases?.forget(key);
      await redis.send((pipeline) => pipeline.del(key));
    },
  };
}
