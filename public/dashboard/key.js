// The key that the page calls with. It is kept for this tab, and stands in no URL.

const STORE = "sedge.key";

/** What `npm run dev` knows, and no deployed Worker. */
const DEVELOPMENT_KEY = "sedge-local";
const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])$/;

/**
 * @typedef {"known" | "unknown" | "unanswered"} Standing
 * @typedef {(key: string) => Promise<Standing>} CheckKey
 */

/**
 * The tab's key; where there is none and the page comes from this machine, the development key, if the Worker knows it.
 * @param {CheckKey} check
 * @returns {Promise<string | null>} null where a person must be asked
 */
export async function findKey(check) {
  const kept = sessionStorage.getItem(STORE);
  if (kept !== null) return kept || null;
  if (!LOOPBACK.test(location.hostname)) return null;
  return (await check(DEVELOPMENT_KEY)) === "unknown" ? null : DEVELOPMENT_KEY;
}

/** @param {string} key */
export function keepKey(key) {
  sessionStorage.setItem(STORE, key);
}

/** Forgets the key. A person will be asked for another, also where the development key would do. */
export function forgetKey() {
  sessionStorage.setItem(STORE, "");
}
