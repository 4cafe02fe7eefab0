// Whom an address stands for.

/** The four numbers of a dotted address. */
function parseIPv4(text: string): number[] | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part))) return undefined;
  const numbers = parts.map(Number);
  return numbers.every((number) => number <= 255) ? numbers : undefined;
}

/** @param last whether the text ends the address: only there may an IPv4 address stand */
function parseGroups(text: string, last: boolean): number[] | undefined {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [i, part] of parts.entries()) {
    const dotted = last && i === parts.length - 1 ? parseIPv4(part) : undefined;
    if (dotted !== undefined) {
      const [a = 0, b = 0, c = 0, d = 0] = dotted;
      groups.push(a * 256 + b, c * 256 + d);
    } else if (/^[\da-f]{1,4}$/.test(part)) {
      groups.push(Number.parseInt(part, 16));
    } else return undefined;
  }
  return groups;
}

/** The eight groups of an address (RFC 4291). */
function parseIPv6(text: string): number[] | undefined {
  const [front = "", back, ...more] = text.split("::");
  if (more.length > 0) return undefined;
  const before = parseGroups(front, back === undefined);
  const after = parseGroups(back ?? "", true);
  if (before === undefined || after === undefined) return undefined;
  const missing = 8 - before.length - after.length;
  if (back === undefined ? missing !== 0 : missing < 1) return undefined;
  return [...before, ...Array.from({ length: missing }, () => 0), ...after];
}

/**
 * An identifier for the client at an address, so that one client is one: an IPv6 address is its /64, which is what one
 * subscriber has at the least, and an IPv4 address mapped into IPv6 is that IPv4 address.
 *
 * @param address of a header that the platform sets (`CF-Connecting-IP`), never of one that the client may
 * @returns `203.0.113.7`, `2001:db8:0:1::/64`; "unknown", one for all, where it is no address
 *
 * Cost: none.
 */
export function clientIdentifier(address: string | undefined): string {
  const [text = ""] = (address ?? "").trim().toLowerCase().split("%");
  const dotted = parseIPv4(text);
  if (dotted !== undefined) return dotted.join(".");
  const groups = text.includes(":") ? parseIPv6(text) : undefined;
  if (groups === undefined) return "unknown";
  const [, , , , , mapped, high = 0, low = 0] = groups;
  if (mapped === 0xffff && groups.slice(0, 5).every((group) => group === 0)) {
    return [high >> 8, high & 255, low >> 8, low & 255].join(".");
  }
  const network = groups.slice(0, 4).map((group) => group.toString(16));
  return `${network.join(":")}::/64`;
}
