import { beforeEach, describe, expect, test } from "vitest";
import { createResolver, type ResolvedNames } from "../../../lib/webhooks/index.ts";
import { createClock, type Clock } from "../../support/clock.ts";

const createRequest = (timeoutMs?: number) => createRequestResolver(timeoutMs).resolve;

type Records = { type: number; TTL: number; data: string }[];

let clock: Clock;
let resolved: ResolvedNames;
let asked: string[];
let answer: (type: string) => unknown;

beforeEach(() => {
  clock = createClock();
  resolved = new Map();
  asked = [];
  answer = () => ({ Status: 0 });
});

/** A request's resolver. All of a test are one isolate's. */
const createRequestResolver = (timeoutMs = 1_000) =>
  createResolver({
    resolved,
    timeoutMs,
    now: clock.now,
    fetch: async (url, { signal, headers }) => {
      const { origin, pathname, searchParams } = new URL(url);
      expect(`${origin}${pathname}`).toBe("https://cloudflare-dns.com/dns-query");
      expect(headers).toEqual({ Accept: "application/dns-json" });
      const type = String(searchParams.get("type"));
      asked.push(`${searchParams.get("name")} ${type}`);
      const said = answer(type);
      if (said === "hang") {
        await new Promise((_, reject) => {
          signal?.addEventListener("abort", () => reject(new Error("aborted")));
        });
      }
      return said instanceof Response ? said : Response.json(said);
    },
  });

const a = (data: string, TTL = 300): Records => [{ type: 1, TTL, data }];
const aaaa = (data: string, TTL = 300): Records => [{ type: 28, TTL, data }];
const known = () => {
  answer = (type) => ({ Status: 0, Answer: type === "A" ? a("93.184.216.34") : aaaa("2606:2800::1") });
};

describe("a name", () => {
  test("is asked for both kinds of addresses, and aliases are none", async () => {
    answer = (type) => ({
      Status: 0,
      Answer: [
        { type: 5, TTL: 60, data: "edge.example.net." },
        ...(type === "A" ? a("93.184.216.34") : aaaa("2606:2800::1")),
      ],
    });
    expect(await createRequest()("example.com")).toEqual(["93.184.216.34", "2606:2800::1"]);
    expect(asked).toEqual(["example.com A", "example.com AAAA"]);
  });

  test.each([
    ["that there is not", { Status: 3 }],
    ["without addresses", { Status: 0 }],
    ["with aliases alone", { Status: 0, Answer: [{ type: 5, TTL: 60, data: "a." }] }],
  ])("%s has none", async (_, said) => {
    answer = () => said;
    expect(await createRequest()("example.com")).toEqual([]);
  });

  test("is asked for once in a request, by however many at a time", async () => {
    known();
    const resolve = createRequest();
    await Promise.all([resolve("example.com"), resolve("example.com"), resolve("example.org")]);
    await resolve("example.com");
    expect(asked).toHaveLength(4);
  });

  test.each([
    ["for as long as its records live", 300, 300],
    ["for 30 seconds at the least", 0, 30],
    ["for ten minutes at the most", 86_400, 600],
  ])("is kept for the other requests of the isolate %s", async (_, ttl, seconds) => {
    answer = (type) => ({ Status: 0, Answer: type === "A" ? a("93.184.216.34", ttl) : aaaa("::1", 900) });
    await createRequest()("example.com");
    clock.advance(seconds - 1);
    await createRequest()("example.com");
    expect(asked).toHaveLength(2);
    clock.advance(1);
    await createRequest()("example.com");
    expect(asked).toHaveLength(4);
  });

  test("that leads nowhere is asked for again after 30 seconds", async () => {
    await createRequest()("example.com");
    clock.advance(29);
    expect(await createRequest()("example.com")).toEqual([]);
    clock.advance(1);
    known();
    expect(await createRequest()("example.com")).toHaveLength(2);
  });

  test("is forgotten where a thousand others were asked for since", async () => {
    known();
    await createRequest()("example.com");
    for (let i = 0; i < 1_000; i += 1) await createRequest()(`${i}.example.com`);
    expect(resolved.size).toBe(1_000);
    expect(resolved.has("example.com")).toBe(false);
  });
});

describe("nobody could be asked, which is no answer, and is not kept,", () => {
  test.each<[string, () => unknown]>([
    ["where the resolver fails", () => ({ Status: 2 })],
    ["where it refuses", () => ({ Status: 5 })],
    ["where it is busy", () => new Response("slow down", { status: 429 })],
    ["where it answers something else", () => "<html>"],
    ["where it answers nothing", () => null],
    ["where its records are none", () => ({ Status: 0, Answer: "no" })],
    ["where it does not answer in time", () => "hang"],
    [
      "where the connection fails",
      () => {
        throw new TypeError("fetch failed");
      },
    ],
  ])("%s", async (_, said) => {
    answer = said;
    const resolve = createRequest(20);
    expect(await resolve("example.com")).toBeNull();
    expect(await resolve("example.com")).toBeNull();
    // Once in this request.
    expect(asked).toHaveLength(2);
    known();
    expect(await createRequest()("example.com")).toHaveLength(2);
  });

  test("where one of the two questions has no answer", async () => {
    answer = (type) => (type === "A" ? { Status: 0, Answer: a("93.184.216.34") } : { Status: 2 });
    expect(await createRequest()("example.com")).toBeNull();
  });
});
