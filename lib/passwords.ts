// Passwords: hashed so that guessing is dear, compared so that time tells nothing.
//
// scrypt (RFC 7914), for memory makes guessing dear on graphics cards too, where PBKDF2 is cheap; and Workers are said to cap
// PBKDF2 at 100,000 iterations, a sixth of what OWASP asks for. Argon2id would be the first choice, but needs WebAssembly
// to be quick; scrypt in JavaScript takes at most twice as long as native. N = 2^14, r = 8, p = 5 is what OWASP's Password
// Storage Cheat Sheet gives for 16 MiB: an isolate has 128. One hash takes 250 to 400 ms of processor time: within the 30 s
// of the paid plan, not within the 10 ms of the free one, in which no hash that withstands guessing runs.

import { equalInConstantTime } from "./bytes.ts";
import { scrypt } from "@noble/hashes/scrypt.js";

export interface PasswordsOptions {
  /** log2 of N, scrypt's cost in time and memory. 14. */
  logN?: number;
  /** Its block size. 8. */
  r?: number;
  /** Its parallelization: how often the work is done, without more memory. 5. */
  p?: number;
}

export interface Verified {
  readonly ok: boolean;
  /** It was hashed with other parameters: where `ok`, hash the password anew and keep that. */
  readonly outdated: boolean;
}

export interface Passwords {
  /**
   * @returns the hash with its salt and parameters: `$scrypt$ln=14,r=8,p=5$SALT$HASH`
   * Cost: 250 to 400 ms of processor time and 16 MiB; the isolate does nothing else meanwhile.
   */
  hash(password: string): Promise<string>;

  /**
   * Whether a password is the one that was hashed.
   * @param stored what `hash` returned; undefined or null for a user who does not exist, which takes as long, so that
   *   the time does not tell who does
   * Cost: as `hash`.
   */
  verify(password: string, stored: string | null | undefined): Promise<Verified>;
}

interface Parameters {
  readonly logN: number;
  readonly r: number;
  readonly p: number;
}

interface Stored extends Parameters {
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
}

const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** What a stored hash may ask for at most: more would not fit into an isolate beside the request. */
const MAX_MEMORY = 64 * 2 ** 20;

/** The PHC string format. Base64 without padding. */
const STORED = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/;

/**
 * Hashes and verifies passwords.
 * @throws RangeError for parameters that are none, or need more than 64 MiB
 */
export function createPasswords({ logN = 14, r = 8, p = 5 }: PasswordsOptions = {}): Passwords {
  const current: Parameters = { logN, r, p };
  if (!isAffordable(current))
    throw new RangeError("logN, r and p must be whole, 1 or more, and need 64 MiB at most");

  return {
    async hash(password) {
      const salt = newSalt();
      return `$scrypt$ln=${logN},r=${r},p=${p}$${toBase64(salt)}$${toBase64(derive(password, salt, current))}`;
    },

    async verify(password, stored) {
      const known = parse(stored ?? "");
      const { salt, hash, ...parameters } = known ?? {
        ...current,
        salt: newSalt(),
        hash: new Uint8Array(HASH_BYTES),
      };
      const same = equalInConstantTime(derive(password, salt, parameters), hash);
      const { logN: n, r: size, p: times } = parameters;
      return { ok: known !== null && same, outdated: n !== logN || size !== r || times !== p };
    },
  };
}

const newSalt = (): Uint8Array => crypto.getRandomValues(new Uint8Array(SALT_BYTES));

/** The same text, however it was typed: as NIST SP 800-63B asks for, in Unicode's normal form KC. */
function derive(password: string, salt: Uint8Array, { logN, r, p }: Parameters): Uint8Array {
  const maxmem = 2 * MAX_MEMORY;
  return scrypt(password.normalize("NFKC"), salt, { N: 2 ** logN, r, p, dkLen: HASH_BYTES, maxmem });
}

function isAffordable({ logN, r, p }: Parameters): boolean {
  const whole = [logN, r, p].every((value) => Number.isInteger(value) && value >= 1);
  return whole && 128 * r * (2 ** logN + p) <= MAX_MEMORY + 2 ** 20;
}

/** Null where it is no hash of ours. */
function parse(stored: string): Stored | null {
  const [, logN, r, p, salt = "", hash = ""] = STORED.exec(stored) ?? [];
  const parameters = { logN: Number(logN), r: Number(r), p: Number(p) };
  if (!isAffordable(parameters)) return null;
  return { ...parameters, salt: fromBase64(salt), hash: fromBase64(hash) };
}

const toBase64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes)).replaceAll("=", "");
const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
