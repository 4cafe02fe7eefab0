// What a queue answers, in the plainest form: a list of messages, and a clock.

interface Entry {
  id: string;
  body: unknown;
  sentMs: number;
  /** Hidden until then, by the last that hid it. */
  visibleMs: number;
  receives: number;
  attempts: number;
  /** Received as often as it may be. */
  last: boolean;
}

export interface SentMessage {
  body: unknown;
  delaySeconds: number;
  dedupId?: string | undefined;
}

const DEFAULT_MAX_ATTEMPTS = 5;

export function createModel(now: () => number) {
  let entries: Entry[] = [];
  let maxAttempts = DEFAULT_MAX_ATTEMPTS;
  let lastMs = 0;
  let kept = new Map<string, { id: string; ms: number }>();

  const isDead = (entry: Entry): boolean => entry.last && entry.visibleMs <= now();
  const isReady = (entry: Entry): boolean => !entry.last && entry.visibleMs <= now();
  const byId = (a: Entry, b: Entry): number => (a.id < b.id ? -1 : 1);
  const deadOnes = (): Entry[] =>
    entries.filter(isDead).toSorted((a, b) => a.visibleMs - b.visibleMs || byId(a, b));

  function hold(receipt: string): Entry | "stale" | "unknown" {
    const [id, receive] = receipt.split(".");
    const entry = entries.find((each) => each.id === id);
    if (entry === undefined || Number(receive) > entry.receives) return "unknown";
    return Number(receive) < entry.receives || entry.attempts === 0 ? "stale" : entry;
  }

  return {
    /** @param ids as they were answered. @returns as they should have been, where they are known before */
    send(messages: readonly SentMessage[], ids: readonly string[]): string[] {
      kept = new Map([...kept].filter(([, { ms }]) => now() - ms < 300_000));
      return messages.map(({ body, delaySeconds, dedupId }, i) => {
        const before = dedupId === undefined ? undefined : kept.get(dedupId);
        if (before !== undefined) return before.id;
        const id = ids[i] ?? "";
        if (entries.some((entry) => entry.id >= id)) return `more than ${id}`;
        lastMs = Math.max(lastMs, now());
        if (dedupId !== undefined) kept.set(dedupId, { id, ms: lastMs });
        const visibleMs = delaySeconds > 0 ? now() + 1_000 * delaySeconds : 0;
        entries.push({ id, body, sentMs: lastMs, visibleMs, receives: 0, attempts: 0, last: false });
        return id;
      });
    },

    receive(max: number, visibilitySeconds: number) {
      const taken = entries.filter(isReady).toSorted(byId).slice(0, max);
      return taken.map((entry) => {
        entry.visibleMs = now() + 1_000 * visibilitySeconds;
        entry.receives += 1;
        entry.attempts += 1;
        entry.last = entry.attempts >= maxAttempts;
        const { id, body, attempts, sentMs, receives } = entry;
        return { id, receipt: `${id}.${receives}`, body, attempts, enqueuedAt: new Date(sentMs) };
      });
    },

    ack(receipt: string) {
      const held = hold(receipt);
      if (typeof held === "string") return { kind: held };
      entries = entries.filter((entry) => entry !== held);
      return { kind: "acked" };
    },

    extend(receipt: string, visibilitySeconds: number) {
      const held = hold(receipt);
      if (typeof held === "string") return { kind: held };
      held.visibleMs = now() + 1_000 * visibilitySeconds;
      return { kind: "extended", visibleAt: new Date(held.visibleMs) };
    },

    configure(attempts: number) {
      maxAttempts = attempts;
    },

    metrics() {
      const hidden = entries.filter((entry) => entry.visibleMs > now());
      const oldest = entries.filter((entry) => !isDead(entry)).toSorted(byId)[0];
      return {
        ready: entries.filter(isReady).length,
        inFlight: hidden.filter(({ attempts }) => attempts > 0).length,
        delayed: hidden.filter(({ attempts }) => attempts === 0).length,
        dead: deadOnes().length,
        oldestAgeSeconds: oldest === undefined ? 0 : Math.max(0, Math.floor((now() - oldest.sentMs) / 1_000)),
      };
    },

    dead() {
      return deadOnes().map(({ id, body, attempts, sentMs, visibleMs }) => ({
        id,
        body,
        attempts,
        enqueuedAt: new Date(sentMs),
        deadAt: new Date(visibleMs),
      }));
    },

    redrive() {
      const moved = deadOnes();
      for (const entry of moved) Object.assign(entry, { attempts: 0, last: false, visibleMs: 0 });
      return moved.length;
    },

    purge() {
      const gone = new Set(deadOnes());
      entries = entries.filter((entry) => !gone.has(entry));
      return gone.size;
    },
  };
}
