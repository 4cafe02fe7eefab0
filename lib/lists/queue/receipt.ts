// Ids of messages, and receipts: which message was received, and which time that was.

/** `MILLISECONDS-NUMBER`, of fixed lengths: as texts they sort as they were sent. */
const ID = String.raw`\d{13}-\d{6}`;
const RECEIPT = new RegExp(`^(${ID})\\.([1-9]\\d{0,14})$`);
const DEAD_CURSOR = new RegExp(`^(\\d{1,14})\\.(${ID})$`);

export interface Receipt {
  readonly id: string;
  /** The how manieth receive it was, of all there ever were of this message. */
  readonly receive: number;
}

export const receiptOf = ({ id, receive }: Receipt): string => `${id}.${receive}`;

/** Null for a text that was never a receipt. */
export function parseReceipt(text: string): Receipt | null {
  const [, id = "", receive] = RECEIPT.exec(text) ?? [];
  return receive === undefined ? null : { id, receive: Number(receive) };
}

export const enqueuedAt = (id: string): Date => new Date(Number(id.slice(0, 13)));

/** Behind which dead message a page begins. */
export interface DeadPosition {
  /** Milliseconds since 1970. */
  readonly deadAt: number;
  readonly id: string;
}

export const deadCursorOf = ({ deadAt, id }: DeadPosition): string => `${deadAt}.${id}`;

/** Null for a text that is no `next` of a page of dead messages. */
export function parseDeadCursor(text: string): DeadPosition | null {
  const [, deadAt, id] = DEAD_CURSOR.exec(text) ?? [];
  return id === undefined ? null : { deadAt: Number(deadAt), id };
}

/** Whether a text may be a `cursor` of dead messages. */
export const isDeadCursor = (text: string): boolean => DEAD_CURSOR.test(text);
