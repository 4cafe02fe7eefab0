// Redis's Pub/Sub on one connection for all subscriptions, made with the first and closed with the last.

import type { Redis } from "ioredis";
import type { EngineMessage, Unsubscribe } from "../../engine.ts";
import { unavailable } from "./client.ts";

type Kind = "subscribe" | "psubscribe";
type Listener = (message: EngineMessage) => void;

/** A channel or pattern: who listens, and the promise of Redis having taken it. */
interface Entry {
  readonly listeners: Set<Listener>;
  readonly standing: Promise<unknown>;
}

export interface Subscriber {
  subscribe(kind: Kind, channels: readonly string[], listener: Listener): Promise<Unsubscribe>;
  close(): void;
}

/**
 * @param connect makes the connection. It renews its subscriptions by itself when it reconnects; messages published
 *   while it is down are lost, as always with Pub/Sub.
 */
export function createSubscriber(connect: () => Promise<Redis>): Subscriber {
  const entries = new Map<string, Entry>();
  let connection: Promise<Redis> | undefined;

  function deliver(kind: Kind, name: string, message: EngineMessage): void {
    for (const listener of entries.get(`${kind} ${name}`)?.listeners ?? []) listener(message);
  }

  async function open(): Promise<Redis> {
    const redis = await connect();
    redis.on("messageBuffer", (channel: Buffer, payload: Buffer) => {
      const name = channel.toString();
      deliver("subscribe", name, { pattern: null, channel: name, payload });
    });
    redis.on("pmessageBuffer", (pattern: string, channel: Buffer, payload: Buffer) => {
      deliver("psubscribe", pattern, { pattern, channel: channel.toString(), payload });
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

  function add(redis: Redis, kind: Kind, name: string, listener: Listener): Promise<unknown> {
    const id = `${kind} ${name}`;
    const entry = entries.get(id) ?? {
      listeners: new Set(),
      standing: kind === "subscribe" ? redis.subscribe(name) : redis.psubscribe(name),
    };
    entries.set(id, entry);
    entry.listeners.add(listener);
    return entry.standing;
  }

  function remove(redis: Redis, kind: Kind, name: string, listener: Listener): void {
    const id = `${kind} ${name}`;
    const entry = entries.get(id);
    if (!entry?.listeners.delete(listener) || entry.listeners.size > 0) return;
    entries.delete(id);
    // Where the connection is down, nobody listens any more to what it renews.
    (kind === "subscribe" ? redis.unsubscribe(name) : redis.punsubscribe(name)).catch(() => undefined);
    if (entries.size > 0) return;
    connection = undefined;
    redis.disconnect();
  }

  return {
    async subscribe(kind, channels, listener) {
      const redis = await connected();
      const names = [...new Set(channels)];
      // A listener of its own, so that the same function may subscribe twice.
      const own: Listener = (message) => listener(message);
      const end = (): void => {
        for (const name of names) remove(redis, kind, name, own);
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
      connection = undefined;
    },
  };
}
