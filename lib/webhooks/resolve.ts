// The addresses behind a name, over HTTPS: a Worker has no other way to ask (Cloudflare's resolver, in JSON).

/** @returns the addresses of a name, none where it has none; null where nobody could be asked */
export type Resolve = (name: string) => Promise<readonly string[] | null>;

export interface Resolver {
  readonly resolve: Resolve;
  /** Subrequests it has made so far. */
  readonly requests: number;
}

/** What was answered lately, by name. Values alone: one for an isolate. */
export type ResolvedNames = Map<string, { readonly addresses: readonly string[]; readonly until: number }>;

export interface ResolverOptions {
  /** What outlives a request. */
  resolved: ResolvedNames;
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** For how long an answer is waited. 1,000. */
  timeoutMs?: number;
  /** Milliseconds since 1970. `Date.now`. */
  now?: () => number;
}

const RESOLVER = "https://cloudflare-dns.com/dns-query";
const TYPES = { A: 1, AAAA: 28 } as const;
const NO_ERROR = 0;
const NO_SUCH_NAME = 3;

/** However short its records live, a name is not asked again for so long; and however long, it is not kept for longer. */
const LEAST_SECONDS = 30;
const MOST_SECONDS = 600;
/** Names kept at most; beyond it, the one that was asked first goes. */
const MOST_NAMES = 1_000;

interface AddressRecord {
  readonly type: number;
  readonly TTL: number;
  readonly data: string;
}
interface Answer {
  readonly Status: number;
  readonly Answer?: readonly AddressRecord[];
}

/**
 * Makes a resolver for one request or one run of the dispatcher: within it each name is asked once, by however many at a time.
 *
 * Cost: none in Redis; two subrequests side by side for a name that is not kept.
 */
export function createResolver({
  resolved,
  // Not `fetch` itself, which workerd lets nobody call as a method of theirs.
  fetch: request = async (url, init) => fetch(url, init),
  timeoutMs = 1_000,
  now = Date.now,
}: ResolverOptions): Resolver {
  let requests = 0;
  const asked = new Map<string, ReturnType<Resolve>>();

  async function recordsOf(name: string, type: keyof typeof TYPES): Promise<readonly AddressRecord[]> {
    requests += 1;
    const response = await request(`${RESOLVER}?name=${encodeURIComponent(name)}&type=${type}`, {
      headers: { Accept: "application/dns-json" },
      signal: AbortSignal.timeout(timeoutMs),
    });
    const { Status: status, Answer: records = [] } = await response.json<Answer>();
    if (status !== NO_ERROR && status !== NO_SUCH_NAME) throw new Error("the resolver has no answer");
    // Aliases on the way stand among them.
    return records.filter((record) => record.type === TYPES[type]);
  }

  async function ask(name: string): Promise<readonly string[] | null> {
    let records: AddressRecord[];
    try {
      records = (await Promise.all([recordsOf(name, "A"), recordsOf(name, "AAAA")])).flat();
    } catch {
      return null;
    }
    const addresses = records.map(({ data }) => data);
    const seconds = records.length === 0 ? 0 : Math.min(MOST_SECONDS, ...records.map(({ TTL }) => TTL));
    const [oldest] = resolved.keys();
    if (resolved.size >= MOST_NAMES && oldest !== undefined) resolved.delete(oldest);
    resolved.set(name, { addresses, until: now() + 1_000 * Math.max(LEAST_SECONDS, seconds) });
    return addresses;
  }

  return {
    get requests() {
      return requests;
    },
    async resolve(name) {
      const known = resolved.get(name);
      if (known !== undefined && now() < known.until) return known.addresses;
      const answer = asked.get(name) ?? ask(name);
      asked.set(name, answer);
      return answer;
    },
  };
}
