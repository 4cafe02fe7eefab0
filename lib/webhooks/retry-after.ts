// When a receiver wants to be asked again (RFC 9110, section 10.2.3).

/**
 * @param header as received: seconds, or an HTTP date
 * @param now milliseconds since 1970
 * @returns seconds from now, 0 for a date that is past; undefined where there is none, or it is neither
 */
export function retryAfterSeconds(header: string | null, now: number): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d{1,9}$/.test(text)) return Number(text);
  // An HTTP date names its zone. Without this, Date.parse takes "1.5" for a date too.
  if (!/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*, .* GMT$/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now) / 1_000));
}
