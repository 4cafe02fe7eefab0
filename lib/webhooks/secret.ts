// The secrets that webhooks are signed with, as Standard Webhooks writes them: `whsec_` and base64.

const PREFIX = "whsec_";
/** Of a new one. */
const BYTES = 32;
/** Of any (Standard Webhooks, "Symmetric (HMAC)"). */
const LEAST_BYTES = 24;
const MOST_BYTES = 64;

/** What `isSecret` asks for, in words. */
export const SECRET_RULE = `must be ${PREFIX} and the base64 of ${LEAST_BYTES} to ${MOST_BYTES} bytes`;

/** A new secret: 256 random bits. */
export const createSecret = (): string =>
  PREFIX + btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(BYTES))));

/** Whether a text is a secret that webhooks can be signed with. */
export function isSecret(text: string): boolean {
  if (!text.startsWith(PREFIX)) return false;
  const base64 = text.slice(PREFIX.length);
  try {
    const bytes = atob(base64);
    // atob lets pass what other decoders do not: spaces, no padding. One that verifies must read the same bytes.
    return btoa(bytes) === base64 && bytes.length >= LEAST_BYTES && bytes.length <= MOST_BYTES;
  } catch {
    return false;
  }
}
