import { describe, expect, test } from "vitest";
import { createAddressGuard, type Resolve } from "../../../lib/webhooks/index.ts";

const PUBLIC = ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"];
const answers =
  (addresses: readonly string[] | null): Resolve =>
  async () =>
    addresses;

/** @param addresses of every name */
const guardOf = (addresses: readonly string[] | null = PUBLIC) =>
  createAddressGuard({ resolve: answers(addresses) });
const kindOf = async (url: string, addresses?: readonly string[] | null) =>
  (await guardOf(addresses).check(url)).kind;

describe("a webhook may go to", () => {
  test.each([
    "https://example.com",
    "https://example.com/hooks?a=b#c",
    "https://example.com.:8443/",
    "https://EXAMPLE.com/",
    "https://xn--bcher-kva.example/",
    "https://a_b.example.com/",
    "https://notlocalhost.com/",
    "https://mylocal.dev/",
    "https://internal.example.com/",
    "https://9.255.255.255/",
    "https://100.63.255.255/",
    "https://100.128.0.0/",
    "https://172.15.255.255/",
    "https://172.32.0.0/",
    "https://192.167.255.255/",
    "https://198.20.0.0/",
    "https://223.255.255.255/",
    "https://[2606:4700:4700::1111]/",
    "https://[2001:200::1]/",
    "https://[2a00::]/",
  ])("%s", async (url) => {
    expect(await kindOf(url)).toBe("allowed");
  });

  test("what it says when it is told: the URL as it will be called", async () => {
    expect(await guardOf().check("HTTPS://Example.COM:443/%41?b")).toMatchObject({
      kind: "allowed",
      url: { href: "https://example.com/%41?b" },
    });
  });
});

describe("a webhook may not go", () => {
  test.each([
    ["to loopback", "127.0.0.1 127.255.255.254 0.0.0.0 0.1.2.3 [::1] [::]"],
    ["to a private network", "10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255 192.168.0.1 192.168.255.255"],
    ["to a link-local address", "169.254.0.1 169.254.255.255 [fe80::1] [febf::1] [fec0::1]"],
    ["to a unique-local address", "[fc00::1] [fd12:3456::1] [fdff:ffff:ffff::]"],
    ["to a cloud's metadata", "169.254.169.254 [fd00:ec2::254] 100.100.100.200 192.0.0.192 168.63.129.16"],
    ["to carrier-grade NAT", "100.64.0.0 100.127.255.255"],
    ["to many at once", "224.0.0.1 239.255.255.255 255.255.255.255 [ff02::1] [ff0e::1]"],
    ["to what is reserved", "240.0.0.1 254.1.1.1 192.88.99.1 198.18.0.1 198.19.255.255 [100::1] [4000::1]"],
    ["to documentation", "192.0.2.1 198.51.100.7 203.0.113.255 [2001:db8::1] [2001:db8:ffff::] [3fff::1]"],
    ["to loopback in another notation", "127.1 127.0.1 0x7f.1 0x7f000001 2130706433 017700000001 0177.0.0.1"],
    [
      "to metadata in another notation",
      "0xa9fea9fe 2852039166 169.254.43518 0251.0376.0251.0376 0XA9.254.169.254",
    ],
    ["to nothing, which is this machine", "0 0x0 00.0.0.0"],
    ["to an address with a dot behind it", "127.0.0.1. 10.0.0.1. 2130706433."],
    ["to an address that is escaped", "%31%32%37.0.0.1 127%2e0%2e0%2e1 %6cocalhost"],
    [
      "to IPv4 mapped into IPv6",
      "[::ffff:127.0.0.1] [::ffff:7f00:1] [::ffff:169.254.169.254] [0:0:0:0:0:ffff:a00:1]",
    ],
    ["to IPv4 compatible with IPv6", "[::127.0.0.1] [::a00:1]"],
    ["to IPv4 behind NAT64", "[64:ff9b::7f00:1] [64:ff9b::10.0.0.1] [64:ff9b:1::1]"],
    ["to IPv4 behind 6to4 and Teredo", "[2002:7f00:1::] [2002:a00:1::1] [2001::1] [2001:0:4136:e378::]"],
    [
      "to this machine by name",
      "localhost LOCALHOST localhost. a.localhost a.b.localhost. localhost.localdomain",
    ],
    [
      "to a name of the local network",
      "printer.local nas.lan router.home.arpa intranet.corp db.internal a.private",
    ],
    [
      "to a metadata service by name",
      "metadata.google.internal metadata.google.internal. metadata instance-data",
    ],
    ["to a name of one label", "redis com a_b com."],
    ["to a name of empty labels", "example..com .example.com example.com.."],
    [
      "to a name that spells an address",
      "127.0.0.1.nip.io 10-0-0-1.sslip.io 7f000001.nip.io localtest.me a.lvh.me",
    ],
  ])("%s: %s", async (_, hosts) => {
    for (const host of hosts.split(" ")) {
      expect(await kindOf(`https://${host}/hook`), host).toBe("refused");
      expect(await kindOf(`https://${host}:8443`), host).toBe("refused");
    }
  });

  test.each([
    "http://example.com/",
    "ftp://example.com/",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "//example.com/",
    "example.com",
    "https:example.com",
    "https:/example.com",
    "https://",
    "https:///",
    " https://example.com/",
    "https://example.com/ ",
    "https://exa\tmple.com/",
    "https://example.com/\r\nX-Injected: 1",
    "https://exämple.com/",
    "https://１２７.０.０.１/",
    "https://127。0。0。1/",
    "https://ⓛocalhost/",
    "https://ada@example.com/",
    "https://ada:secret@example.com/",
    "https://:@example.com@127.0.0.1/",
    "https://example.com:99999/",
    "https://1.2.3.4.5/",
    "https://256.1.1.1/",
    "https://[fe80::1%25eth0]/",
    "https://127.0.0.1\\.example.com/",
    `https://example.com/${"a".repeat(2_048)}`,
    "",
  ])("to %j, which is no URL, or not one of https alone", async (url) => {
    const check = await guardOf().check(url);
    expect(check.kind).toBe("refused");
    // What is said never repeats what was sent.
    expect(check).toEqual({ kind: "refused", reason: expect.stringMatching(/^must [a-z0-9:/, -]+$/i) });
  });

  test.each([
    ["127.0.0.1"],
    ["10.1.2.3"],
    ["169.254.169.254"],
    ["::1"],
    ["fd00:ec2::254"],
    ["::ffff:10.0.0.1"],
    ["64:ff9b::a00:1"],
    ["not an address"],
    [""],
  ])("to a name that leads to %j, also where it leads to public addresses too", async (address) => {
    expect(await kindOf("https://example.com/", [address])).toBe("refused");
    expect(await kindOf("https://example.com/", [...PUBLIC, address])).toBe("refused");
  });

  test("to a name that leads nowhere", async () => {
    expect(await kindOf("https://example.com/", [])).toBe("refused");
  });
});

test("where nobody can be asked for a name, that is said, and nothing of addresses and local names", async () => {
  expect(await kindOf("https://example.com/", null)).toBe("unresolved");
  expect(await kindOf("https://93.184.216.34/", null)).toBe("allowed");
  expect(await kindOf("https://10.0.0.1/", null)).toBe("refused");
  expect(await kindOf("https://db.internal/", null)).toBe("refused");
});

test("a name is asked for as it is, without its port, and without the dot at its end", async () => {
  const asked: string[] = [];
  const guard = createAddressGuard({
    resolve: async (name) => {
      asked.push(name);
      return PUBLIC;
    },
  });
  await guard.check("https://Hooks.Example.COM.:8443/a");
  await guard.check("https://93.184.216.34/");
  expect(asked).toEqual(["hooks.example.com"]);
});

test("a URL with a backslash is checked and called as one with a slash, whose host ends there", async () => {
  expect(await guardOf().check("https://example.com\\@127.0.0.1/")).toMatchObject({
    kind: "allowed",
    url: { href: "https://example.com/@127.0.0.1/" },
  });
});

describe("where local addresses are allowed", () => {
  const local = createAddressGuard({
    local: true,
    resolve: () => Promise.reject(new Error("no name is asked for")),
  });

  test.each([
    "http://localhost:3000/hook",
    "http://127.0.0.1:3000/",
    "http://[::1]:3000/",
    "http://192.168.0.7/",
    "https://example.com/",
    "http://receiver/",
  ])("%s is one", async (url) => {
    expect((await local.check(url)).kind).toBe("allowed");
  });

  test.each(["ftp://localhost/", "http://ada:secret@localhost/", "localhost:3000", "http://a b/"])(
    "%s is none",
    async (url) => {
      expect((await local.check(url)).kind).toBe("refused");
    },
  );
});
