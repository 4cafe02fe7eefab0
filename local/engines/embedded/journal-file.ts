// The journal as a file: frames, one behind the other. A frame is there whole or not at all.
//
//   4 bytes  length of the payload, big endian
//   4 bytes  CRC-32 of the payload
//   rest     payload: v8.serialize of JournalEntry[]

import { closeSync, constants, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { deserialize, serialize } from "node:v8";
import { crc32 } from "node:zlib";

/** A write as it is to be done again. */
export interface JournalEntry {
  /** When it was done: milliseconds since 1970. */
  at: number;
  command: readonly Buffer[];
}

const HEADER = 8;

export interface JournalFile {
  /** Appends one frame. When this returns the system has it: a killed process loses it no more. Where it throws, nothing was appended. */
  append(entries: readonly JournalEntry[]): void;
  close(): void;
}

export function encodeFrame(entries: readonly JournalEntry[]): Buffer {
  const payload = serialize(entries);
  const header = Buffer.alloc(HEADER);
  header.writeUInt32BE(payload.length, 0);
  header.writeUInt32BE(crc32(payload), 4);
  return Buffer.concat([header, payload]);
}

/** The entries of the whole frames, up to the first that is not, and where that one begins. */
export function decodeFrames(file: Buffer): { entries: JournalEntry[]; end: number } {
  const entries: JournalEntry[] = [];
  let end = 0;
  while (end + HEADER <= file.length) {
    const length = file.readUInt32BE(end);
    // No frame is empty, but zeros, which a power cut may leave at the end, would pass for one: the CRC of nothing is 0.
    if (length === 0) break;
    const next = end + HEADER + length;
    const payload = file.subarray(end + HEADER, next);
    if (next > file.length || crc32(payload) !== file.readUInt32BE(end + 4)) break;
    // The checksum holds, so this is what encodeFrame wrote.
    for (const entry of deserialize(payload) as JournalEntry[]) entries.push(entry);
    end = next;
  }
  return { entries, end };
}

/**
 * Opens a journal, made where it is missing.
 * @returns what it holds, without a frame that was cut short; and the file, to go on behind it
 */
export function openJournalFile(path: string): { entries: JournalEntry[]; file: JournalFile } {
  const fd = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  const { entries, end } = decodeFrames(readFileSync(fd));
  let position = end;
  ftruncateSync(fd, position);
  return {
    entries,
    file: {
      append(added) {
        const frame = encodeFrame(added);
        // At a place of its own, not at the end: a frame that could be written in part only is written over by the next.
        let done = 0;
        while (done < frame.length) {
          done += writeSync(fd, frame, done, frame.length - done, position + done);
        }
        position += frame.length;
      },
      close: () => closeSync(fd),
    },
  };
}
