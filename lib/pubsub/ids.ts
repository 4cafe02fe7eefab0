// Ids of events, which are positions too: `MILLISECONDS-NUMBER`, as a stream's.

/** Before every event. */
export const BEGINNING = "0";

/** Digits that a number holds exactly; a real id needs 13 and a few. */
const ID = /^(0|[1-9]\d{0,14})-(0|[1-9]\d{0,14})$/;

/** Whether a text can be read behind: an id, there or not, or "0". */
export const isPosition = (text: string): boolean => text === BEGINNING || ID.test(text);

/** @throws RangeError */
export function checkPosition(text: string, field: string): string {
  if (!isPosition(text)) throw new RangeError(`${field} must be an event's id or "0"`);
  return text;
}

function parts(position: string): [ms: number, seq: number] {
  const [ms, seq = 0] = position.split("-").map(Number);
  return [ms ?? 0, seq];
}

/** Less than 0 where `a` comes before `b`. */
export function compareIds(a: string, b: string): number {
  const [aMs, aSeq] = parts(a);
  const [bMs, bSeq] = parts(b);
  return aMs - bMs || aSeq - bSeq;
}

/** The position that every event before a moment lies at or before. @param ms milliseconds since 1970 */
export const positionBefore = (ms: number): string =>
  ms < 1 ? BEGINNING : `${Math.floor(ms) - 1}-999999999999999`;

/** When an event was published: ISO 8601, UTC. */
export const timeOf = (id: string): string => new Date(parts(id)[0]).toISOString();
