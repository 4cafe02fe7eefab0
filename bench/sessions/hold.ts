// A request to Redis held on its way, so that others overtake it: what the network does now and then, done at will.

const READS = new Set(["get", "mget", "hgetall", "hget"]);

/** Whether a body of Upstash's protocol (a command, or an array of them) has anything but reads. */
function writes(body: unknown): boolean {
  if (typeof body !== "string") return false;
  const parsed = JSON.parse(body) as unknown[];
  const commands = Array.isArray(parsed[0]) ? (parsed as unknown[][]) : [parsed];
  return commands.some(([name]) => !READS.has(String(name).toLowerCase()));
}

export interface Held {
  /** It has come to the point where it is held. */
  readonly arrived: Promise<void>;
  /** Whether anything was held. */
  hasHeld(): boolean;
  /** Lets it go on. Nothing is held from then on. */
  release(): void;
}

/** Holds the next request of this process that writes. Every library here reaches Redis by `fetch`. */
export function holdNextWrite(): Held {
  const { fetch } = globalThis;
  const arrived = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  let isArmed = true;

  globalThis.fetch = async (input, init) => {
    if (isArmed && writes(init?.body)) {
      isArmed = false;
      arrived.resolve();
      await released.promise;
    }
    return fetch(input, init);
  };
  return {
    arrived: arrived.promise,
    hasHeld: () => !isArmed,
    release() {
      globalThis.fetch = fetch;
      released.resolve();
    },
  };
}
