// Events as they stand in the log, and as they are told to those who listen.

import { isPosition, timeOf } from "./ids.ts";
import type { ChannelEvent, LogEntry } from "./types.ts";

/** The bytes that an event's data may have as JSON. */
export const MAX_DATA_BYTES = 262_144;

/** An event's data has more than 256 KiB as JSON. */
export class EventTooLargeError extends Error {
  override readonly name = "EventTooLargeError";
  constructor() {
    super(`an event's data has at most ${MAX_DATA_BYTES} bytes as JSON`);
  }
}

/** @throws TypeError where it has no JSON; EventTooLargeError */
export function dataText(data: unknown): string {
  const text = JSON.stringify(data) as string | undefined;
  if (text === undefined) throw new TypeError("an event's data must be a JSON value");
  if (text.length > MAX_DATA_BYTES || new TextEncoder().encode(text).length > MAX_DATA_BYTES) {
    throw new EventTooLargeError();
  }
  return text;
}

/** An entry of a stream, as Redis answers it: its id, then its fields and values in turn. */
export type StreamEntry = readonly [id: string, fields: readonly string[]];

export function entryOf<Data = unknown>([id, fields]: StreamEntry): LogEntry<Data> {
  const held = new Map<string, string>();
  for (let i = 0; i + 1 < fields.length; i += 2) held.set(fields[i] ?? "", fields[i + 1] ?? "");
  return {
    n: Number(held.get("n")),
    event: {
      id,
      channel: held.get("c") ?? "",
      type: held.get("t") ?? null,
      key: held.get("k") ?? null,
      data: JSON.parse(held.get("d") ?? "null") as Data,
      at: timeOf(id),
    },
  };
}

/** An event, without its id and time, as a JSON object whose end is open. Names need no quoting, for they are checked. */
export const messageHead = (channel: string, type: string | undefined, key: string | undefined): string =>
  JSON.stringify({ channel, type: type ?? null, key: key ?? null }).slice(1, -1);

/** What `publish` tells on a family's Pub/Sub channel, as JSON; there without the time, which the id says. */
export interface Message<Data = unknown> {
  /** The event before this one, of all and of its family; "0-0" where there was none. Who has seen it has missed nothing. */
  readonly behind: { readonly any: string; readonly family: string };
  readonly event: ChannelEvent<Data>;
}

/** @returns null for what is none: anybody may publish on a channel of Redis's own */
export function messageOf<Data = unknown>(text: string): Message<Data> | null {
  try {
    const { behind, event } = JSON.parse(text) as Message<Data>;
    if (![behind.any, behind.family, event.id].every(isPosition)) return null;
    return { behind, event: { ...event, at: timeOf(event.id) } };
  } catch {
    return null;
  }
}
