// The snapshot as a file: a header that tells a whole one from a torn or foreign one, then the keyspace.
//
//   8 bytes  magic "SEDGERDB"
//   4 bytes  version, big endian
//  32 bytes  SHA-256 of the payload
//   rest     payload: v8.serialize of Keyspace

import { createHash } from "node:crypto";
import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { deserialize, serialize } from "node:v8";
import type { KeyspaceEntry } from "js-redis-server/core";

const MAGIC = Buffer.from("SEDGERDB");
const VERSION = 2;
const CHECKSUM_AT = MAGIC.length + 4;
const PAYLOAD_AT = CHECKSUM_AT + 32;

export interface Keyspace {
  entries: readonly KeyspaceEntry[];
  /** The journal whose writes come next. */
  journal: number;
}

function checksum(payload: Buffer): Buffer {
  return createHash("sha256").update(payload).digest();
}

/** The file's bytes: header and payload apart, so that a large payload is not copied. */
export function encodeSnapshot(keyspace: Keyspace): Buffer[] {
  const payload = serialize(keyspace);
  const version = Buffer.alloc(4);
  version.writeUInt32BE(VERSION);
  return [MAGIC, version, checksum(payload), payload];
}

/**
 * Reads a file's bytes.
 *
 * @throws Error that says what is wrong with them.
 */
export function decodeSnapshot(file: Buffer): Keyspace {
  if (!file.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error("it is not a snapshot of Sedge");
  if (file.length < PAYLOAD_AT) throw new Error("it is torn");
  const version = file.readUInt32BE(MAGIC.length);
  if (version !== VERSION)
    throw new Error(`it has version ${version}, and this Sedge reads version ${VERSION}`);
  const payload = file.subarray(PAYLOAD_AT);
  if (!checksum(payload).equals(file.subarray(CHECKSUM_AT, PAYLOAD_AT))) throw new Error("it is torn");
  // The checksum holds, so this is what encodeSnapshot wrote.
  return deserialize(payload) as Keyspace;
}

/**
 * Replaces a file as one step: a reader, and whoever comes after a kill or a power cut, sees the old one or the new.
 *
 * @throws the file system's error; the old file is then untouched.
 */
export async function replaceFile(path: string, chunks: readonly Buffer[]): Promise<void> {
  const temporary = `${path}.tmp`;
  const file = await open(temporary, "w", 0o600);
  try {
    for (const chunk of chunks) {
      // One behind the other.
      await file.writeFile(chunk);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  const directory = await open(dirname(path), "r");
  // The new name is durable only with its directory. Some file systems cannot sync one: the rename stands then too.
  await directory.sync().catch(() => undefined);
  await directory.close();
}
