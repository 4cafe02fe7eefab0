// Redis's Pub/Sub on one connection for all subscriptions, made with the first and closed with the last; made anew where it
// is lost.

import type { Redis } from "ioredis";
import type { EngineMessage, Unsubscribe } from "../../engine.ts";
import { unavailable, withTimeout } from "./client.ts";

type Kind = "subscribe" | "psubscribe";
type Listener = (message: EngineMessage) => void;

/** A channel or pattern: who listens, and the promise of Redis having taken it. */
interface Entry {
  readonly kind: Kind;
  readonly name: string;
  readonly listeners: Set<Listener>;
  standing: Promise<unknown>;
}

export interface Subscriber {
  subscribe(kind: Kind, channels: readonly string[], listener: Listener): Promise<Unsubscribe>;
  close(): void;
}

/** How often the server is asked for a sign of life: one that is gone without a word would keep everybody waiting. */
const HEARTBEAT_MS = 1_000;
const RETRY_FIRST_MS = 50;
const RETRY_MOST_MS = 1_000;

/**
 * @param connect makes a connection, to whichever server can be reached. It does not come back by itself: another one is
 *   made, with all that was subscribed. Messages published meanwhile are lost, as always with Pub/Sub.
 * @param silenceMs how long a sign of life may take.
 */
export function createSubscriber(connect: () => Promise<Redis>, silenceMs: number): Subscriber {
  const entries = new Map<string, Entry>();
  let connection: Promise<Redis> | undefined;
  /** What the connection has come to; of an earlier one it is of no account how it ends. */
  let current: Redis | undefined;
  let restoring: Promise<void> | undefined;

  function deliver(kind: Kind, name: string, message: EngineMessage): void {
    for (const listener of entries.get(`${kind} ${name}`)?.listeners ?? []) listener(message);
  }

  async function open(): Promise<Redis> {
    const redis = await connect();
    current = redis;
    redis.on("messageBuffer", (channel: Buffer, payload: Buffer) => {
      const name = channel.toString();
      deliver("subscribe", name, { pattern: null, channel: name, payload });
    });
    redis.on("pmessageBuffer", (pattern: string, channel: Buffer, payload: Buffer) => {
      deliver("psubscribe", pattern, { pattern, channel: channel.toString(), payload });
    });
    const heartbeat = setInterval(() => {
      withTimeout(redis.ping(), silenceMs).catch(() => redis.disconnect());
    }, HEARTBEAT_MS);
    redis.once("end", () => {
      clearInterval(heartbeat);
      if (redis !== current) return;
      drop();
      if (entries.size > 0)
        restoring ??= restore().finally(() => {
          restoring = undefined;
        });
    });
    return redis;
  }

  function connected(): Promise<Redis> {
    connection ??= open().catch((error: unknown) => {
      connection = undefined;
      throw error;
    });
    return connection;
  }

  const ask = (redis: Redis, { kind, name }: Pick<Entry, "kind" | "name">): Promise<unknown> =>
    kind === "subscribe" ? redis.subscribe(name) : redis.psubscribe(name);

  /** Subscribes anew to all that somebody listens to. */
  async function restore(): Promise<void> {
    for (let waitMs = RETRY_FIRST_MS; entries.size > 0; waitMs = Math.min(2 * waitMs, RETRY_MOST_MS)) {
      try {
        const redis = await connected();
        for (const entry of entries.values()) entry.standing = ask(redis, entry);
        await Promise.all([...entries.values()].map(({ standing }) => standing));
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
  }

  function drop(): void {
    connection = undefined;
    current = undefined;
  }

  function add(redis: Redis, kind: Kind, name: string, listener: Listener): Promise<unknown> {
    const id = `${kind} ${name}`;
    const entry = entries.get(id) ?? {
      kind,
      name,
      listeners: new Set(),
      standing: ask(redis, { kind, name }),
    };
    entries.set(id, entry);
    entry.listeners.add(listener);
    return entry.standing;
  }

  function remove(kind: Kind, name: string, listener: Listener): void {
    const id = `${kind} ${name}`;
    const entry = entries.get(id);
    if (!entry?.listeners.delete(listener) || entry.listeners.size > 0) return;
    entries.delete(id);
    const isLast = entries.size === 0;
    const leave = async (redis: Redis): Promise<void> => {
      if (isLast) redis.disconnect();
      else await (kind === "subscribe" ? redis.unsubscribe(name) : redis.punsubscribe(name));
    };
    // Where the connection is down, nobody listens any more to what the next one takes up.
    connection?.then(leave).catch(() => undefined);
    if (isLast) drop();
  }

  return {
    async subscribe(kind, channels, listener) {
      const redis = await connected();
      const names = [...new Set(channels)];
      // A listener of its own, so that the same function may subscribe twice.
      const own: Listener = (message) => listener(message);
      const end = (): void => {
        for (const name of names) remove(kind, name, own);
      };
      try {
        await Promise.all(names.map((name) => add(redis, kind, name, own)));
      } catch (error) {
        end();
        throw unavailable("Redis does not take the subscription", error);
      }
      return end;
    },
    close() {
      entries.clear();
      connection?.then((redis) => redis.disconnect()).catch(() => undefined);
      drop();
    },
  };
}
