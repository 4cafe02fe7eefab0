// Numbers, times and durations as a person reads them.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat("en", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const minute = new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
// A day's bucket begins at midnight in UTC, whatever the clock on the wall says.
const day = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", timeZone: "UTC" });

/** @param {number} value */
export const number = (value) => whole.format(value);
/** With few digits, where many have no room. @param {number} value */
export const short = (value) => (Math.abs(value) < 10_000 ? number(value) : compact.format(value));
/** @param {number} ms */
export const milliseconds = (ms) => fine.format(ms);
/** @param {string | Date} at */
export const timeOfDay = (at) => clock.format(new Date(at));

/** When a bucket begins. @param {string} at @param {string} bucket */
export const bucketTime = (at, bucket) => (bucket === "day" ? day : minute).format(new Date(at));

/** @param {number} count @param {string} one @param {string} [many] */
export const plural = (count, one, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`;

/** @param {number} seconds */
export function duration(seconds) {
  if (seconds < 120) return `${number(Math.round(seconds))} s`;
  if (seconds < 7_200) return `${number(Math.floor(seconds / 60))} min`;
  if (seconds < 172_800) return `${number(Math.floor(seconds / 3_600))} h`;
  return `${number(Math.floor(seconds / 86_400))} d`;
}

/** Cents as shops write them. @param {number} cents */
export const price = (cents) =>
  (cents / 100).toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
