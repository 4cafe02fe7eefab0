// What was sent into queues and published on channels, and what came out: nothing of it may be lost.

export interface Mailbox {
  /** Ids of the events that were acknowledged. */
  readonly published: Set<string>;
  /** How often each came to the webhook, by its id. */
  readonly delivered: Map<string, number>;
  /** Ids as the live viewer saw them. */
  readonly seen: string[];
  /** Messages that were acknowledged, by their body. */
  readonly sent: Set<string>;
  /** How often each was handled and acked. */
  readonly handled: Map<string, number>;
}

export const createMailbox = (): Mailbox => ({
  published: new Set(),
  delivered: new Map(),
  seen: [],
  sent: new Set(),
  handled: new Map(),
});

export const count = (counts: Map<string, number>, name: string): void =>
  void counts.set(name, (counts.get(name) ?? 0) + 1);

const told = (number: number, what: string): string[] => (number === 0 ? [] : [`${number} ${what}`]);

/** What is missing at the end, or came twice where it must not. */
export function lossesOf({ published, delivered, seen, sent, handled }: Mailbox): string[] {
  const wasSeen = new Set(seen);
  return [
    ...told([...published].filter((id) => !delivered.has(id)).length, "events never came to the webhook"),
    ...told([...published].filter((id) => !wasSeen.has(id)).length, "events were not seen live"),
    ...told(seen.length - wasSeen.size, "events were seen live more than once"),
    ...told(seen.filter((id, i) => isBefore(id, seen[i - 1])).length, "events were seen live out of order"),
    ...told([...sent].filter((body) => !handled.has(body)).length, "messages of queues were never handled"),
    ...told(
      [...handled.keys()].filter((body) => !sent.has(body)).length,
      "messages came that nobody had sent",
    ),
  ];
}

/** Ids are `MILLISECONDS-NUMBER`. */
function isBefore(id: string, other = "0-0"): boolean {
  const [ms = 0, number = 0] = id.split("-").map(Number);
  const [otherMs = 0, otherNumber = 0] = other.split("-").map(Number);
  return ms < otherMs || (ms === otherMs && number < otherNumber);
}
