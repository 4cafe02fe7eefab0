// What the scripts answer, read.

import { decode } from "../codec.ts";
import type { Scores } from "./scores.ts";
import type { Page, Place } from "./types.ts";

/** As pageOf in Lua answers: a board's size, the first one's place, how many are before its equals, places, records. */
export type PageReply = readonly [
  total: number,
  start: number,
  before: number,
  found: readonly string[],
  records: readonly (string | null)[],
];

/** A member of the sorted set: its name, and the stamp it is behind where the earlier stands first. */
export interface Row {
  readonly value: number;
  readonly stamp: string;
  readonly member: string;
  /** The codec's text, "" for none. */
  readonly data: string;
}

/** `VALUE STAMP DATA`, the index's record of a member. */
export function rowOf(member: string, record: string): Row {
  const [value = "", stamp = ""] = record.split(" ", 2);
  return { value: Number(value), stamp, member, data: record.slice(value.length + stamp.length + 2) };
}

export function rowsOf([, , , found, records]: PageReply): Row[] {
  return records.map((record, i) => {
    const stamped = found[2 * i] ?? "";
    const member = stamped.slice(stamped.indexOf(" ") + 1);
    return { ...rowOf(member, record ?? ""), value: Number(found[2 * i + 1]) };
  });
}

/** The order of places: by value, the earlier or else the name's own among equals. As Redis has it. */
export function compareRows(a: Row, b: Row): number {
  if (a.value !== b.value) return a.value - b.value;
  const [left, right] = a.stamp === b.stamp ? [a.member, b.member] : [a.stamp, b.stamp];
  return left < right ? -1 : Number(left > right);
}

export const placeOf = ({ member, value, data }: Row, rank: number, { scoreOf }: Scores): Place => ({
  rank,
  member,
  score: scoreOf(value),
  ...(data !== "" && { data: decode(data) }),
});

/**
 * Rows that follow one another, with their ranks: whose value is that of the one before has its rank too.
 * @param start the first one's place, from 0
 * @param before how many are before the first one and all that equal it
 */
export function ranked(rows: readonly Row[], start: number, before: number, scores: Scores): Place[] {
  let rank = before + 1;
  return rows.map((row, i) => {
    if (i > 0 && row.value !== rows[i - 1]?.value) rank = start + i + 1;
    return placeOf(row, rank, scores);
  });
}

export function pageOf(reply: PageReply, scores: Scores): Page {
  const [total, start, before] = reply;
  return { total, items: ranked(rowsOf(reply), start, before, scores) };
}
