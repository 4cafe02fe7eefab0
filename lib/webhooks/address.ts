// Where a webhook may go: to the public internet, by https, and nowhere else.

import { isAddress, isPublicAddress } from "./public-address.ts";
import type { Resolve } from "./resolve.ts";

export type AddressCheck =
  | { readonly kind: "allowed"; readonly url: URL }
  /** `reason` says what a URL must be, to stand behind its name: "must begin with https://". */
  | { readonly kind: "refused"; readonly reason: string }
  /** It is refused by nothing that is written in it; whom its name belongs to could not be asked. */
  | { readonly kind: "unresolved"; readonly url: URL };

export interface AddressGuardOptions {
  resolve: Resolve;
  /** Whether private and local addresses are allowed, and plain http: on a developer's machine. false */
  local?: boolean;
}

export interface AddressGuard {
  /**
   * Whether a webhook may be sent to a URL. To be asked anew before each: a name may lead elsewhere by then.
   *
   * Between this look and the connection a name may still change. What then holds is the platform: Cloudflare's `fetch` reaches
   * public addresses alone, and so does workerd of your own unless its configuration allows the private network.
   *
   * Cost: that of `resolve`.
   */
  check(url: string): Promise<AddressCheck>;
}

const MOST_CHARACTERS = 2_048;

const refused = (reason: string): AddressCheck => ({ kind: "refused", reason });
const NOT_PUBLIC = refused("must not lead to a private or local address");

/**
 * Names of the place where they are asked for (RFC 6761, 6762 and 8375; ICANN's `internal`; and what networks call themselves), and
 * names that are whatever address is written before them, or always this machine: those are told without asking for them.
 */
const LOCAL_NAMES =
  /(^|\.)(localhost|local|localdomain|internal|intranet|private|corp|home|lan|home\.arpa|nip\.io|sslip\.io|xip\.io|localtest\.me|lvh\.me|vcap\.me)$/;

/** Two labels at the least: one alone is a name of the local network. */
const IN_A_DOMAIN = /^[^.]+(\.[^.]+)+$/;

export function createAddressGuard({ resolve, local = false }: AddressGuardOptions): AddressGuard {
  /** What the text alone tells. */
  function read(text: string): AddressCheck {
    if (text.length > MOST_CHARACTERS) return refused(`must have at most ${MOST_CHARACTERS} characters`);
    // A URL has printable ASCII alone (RFC 3986); the parser lets pass, and drops, what readers may overlook.
    if (!/^https?:\/\/[\x21-\x7e]+$/i.test(text) || !URL.canParse(text)) {
      return refused(local ? "must be an http or https URL" : "must be an https URL");
    }
    // From here on only what the parser made of it counts: it is what fetch calls. It writes each address in one way,
    // whether it stood there as 127.0.0.1, 127.1, 0x7f.1, 2130706433 or 017700000001.
    const url = new URL(text);
    if (url.username !== "" || url.password !== "") return refused("must have no user name and no password");
    if (local) return { kind: "allowed", url };
    if (url.protocol !== "https:") return refused("must begin with https://");
    if (isAddress(url.hostname)) return isPublicAddress(url.hostname) ? { kind: "allowed", url } : NOT_PUBLIC;
    const name = nameOf(url);
    return IN_A_DOMAIN.test(name) && !LOCAL_NAMES.test(name) ? { kind: "unresolved", url } : NOT_PUBLIC;
  }

  return {
    async check(text) {
      const asWritten = read(text);
      if (asWritten.kind !== "unresolved") return asWritten;
      const addresses = await resolve(nameOf(asWritten.url));
      if (addresses === null) return asWritten;
      if (addresses.length === 0) return refused("must have a name that leads somewhere");
      return addresses.every(isPublic) ? { kind: "allowed", url: asWritten.url } : NOT_PUBLIC;
    },
  };
}

/** The name a URL leads to; a dot at its end changes nothing. */
const nameOf = ({ hostname }: URL): string => hostname.replace(/\.$/, "");

/** @param address as a resolver writes it */
function isPublic(address: string): boolean {
  const url = `http://${address.includes(":") ? `[${address}]` : address}`;
  if (!URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return isAddress(hostname) && isPublicAddress(hostname);
}
