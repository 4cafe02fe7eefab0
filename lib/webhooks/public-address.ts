// Which addresses are of the public internet. All others are somebody's own: a private network, this machine, a cloud's metadata.

/** IPv4 that is not globally reachable (IANA's registry of special-purpose addresses), multicast, and what clouds keep for themselves. */
const NOT_PUBLIC: readonly (readonly [network: string, bits: number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  // Carrier-grade NAT; Alibaba's metadata (100.100.100.200) is in it.
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  // Link-local; the metadata of most clouds (169.254.169.254) is in it.
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  // Azure's services for its virtual machines.
  ["168.63.129.16", 32],
  ["224.0.0.0", 3],
];

const numberOf = (dotted: string): number =>
  dotted.split(".").reduce((number, part) => number * 256 + Number(part), 0);

function isPublicIPv4(dotted: string): boolean {
  const address = numberOf(dotted);
  return NOT_PUBLIC.every(([network, bits]) => {
    const size = 2 ** (32 - bits);
    return Math.floor(address / size) !== Math.floor(numberOf(network) / size);
  });
}

/**
 * Global unicast is 2000::/3. So loopback, link-local, unique-local (fd00:ec2::254 is Amazon's metadata), multicast, IPv4 mapped or
 * translated (::ffff:0:0/96, 64:ff9b::/96) are not; nor, of it, what stands for an IPv4 address or for nobody.
 *
 * @param text as a URL writes it: lower case, the longest run of zeros as `::`. Its first two groups say all that is asked
 */
function isPublicIPv6(text: string): boolean {
  const [front = ""] = text.split("::", 1);
  const [first = 0, second = 0] = front.split(":").map((group) => Number.parseInt(group, 16));
  if (!(first >= 0x2000 && first <= 0x3fff)) return false;
  const isSpecial =
    // Protocol assignments: Teredo (2001::/32), benchmarking, ORCHID.
    (first === 0x2001 && second < 0x200) ||
    // Documentation.
    (first === 0x2001 && second === 0xdb8) ||
    (first === 0x3fff && second < 0x1000) ||
    // 6to4.
    first === 0x2002;
  return !isSpecial;
}

/** The host of a URL, where it is an address and no name. @param host of a URL that was parsed, which has one way to write each */
export const isAddress = (host: string): boolean => host.startsWith("[") || /^\d+(\.\d+){3}$/.test(host);

/** Whether an address is one that anybody may call. @param host as `isAddress` takes it: `93.184.216.34`, `[2606:2800::1]` */
export const isPublicAddress = (host: string): boolean =>
  host.startsWith("[") ? isPublicIPv6(host.slice(1, -1)) : isPublicIPv4(host);
