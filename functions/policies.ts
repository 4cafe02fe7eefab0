// The limits of this service, by name: how much may pass, and what holds while Redis is away.

import { sha256Hex } from "../lib/digest.ts";
import { clientIdentifier, type Policy } from "../lib/ratelimit/index.ts";

/**
 * Calls that are leased cost no trip for their limit as a rule. An isolate holds at most what is used in some seconds at the
 * limit's own pace, so that little is lost where a caller never comes back to it.
 *
 * `public` and `key` are open: they protect from too much, and without Redis there is less to protect. `login` is closed:
 * an outage must not be the time to guess passwords in.
 */
const POLICIES = {
  /** Whoever calls without a key, by address. */
  public: {
    limit: 300,
    windowSeconds: 60,
    algorithm: "sliding",
    failure: "open",
    lease: { permits: 30 },
  },
  /** Each key. */
  key: {
    limit: 6_000,
    windowSeconds: 60,
    algorithm: "sliding",
    failure: "open",
    lease: { permits: 200 },
  },
  /** Signing in and up, by address; taken together with `login-email`. */
  login: { limit: 10, windowSeconds: 60, algorithm: "fixed", failure: "closed" },
  /** Signing in and up, by e-mail in lower case. */
  "login-email": { limit: 5, windowSeconds: 60, algorithm: "fixed", failure: "closed" },
} as const satisfies Record<string, Omit<Policy, "name">>;

export type PolicyName = keyof typeof POLICIES;
export type Policies = Readonly<Record<PolicyName, Policy>>;

export const POLICY_NAMES = Object.keys(POLICIES) as PolicyName[];

/**
 * Whom a policy counts, as it stands in a key: an address as the client it stands for, an e-mail hashed.
 * @param text an address (`203.0.113.7`, `2001:db8::1`, `2001:db8:0:0::/64`), a key's name, an e-mail
 * @returns a text that is no address, for a policy by address, as it is: somebody else's name for somebody
 */
export async function identifierOf(policy: PolicyName, text: string): Promise<string> {
  if (policy === "key") return text;
  if (policy === "login-email") return sha256Hex(text.trim().toLowerCase());
  const client = clientIdentifier(text.replace(/\/64$/, ""));
  return client === "unknown" ? text : client;
}

/** @param width how many times as much may pass. 1 */
export function createPolicies({ width = 1 } = {}): Policies {
  const policyOf = (name: PolicyName): Policy => {
    const policy: Omit<Policy, "name"> = POLICIES[name];
    const { limit, lease } = policy;
    return {
      ...policy,
      name,
      limit: limit * width,
      ...(lease !== undefined && { lease: { ...lease, permits: lease.permits * width } }),
    };
  };
  return Object.fromEntries(POLICY_NAMES.map((name) => [name, policyOf(name)])) as Record<PolicyName, Policy>;
}
