// REDIS_URL, taken apart.
//
//   redis://[[user]:password@]host[:port][/database]        one Redis or Valkey; of a Cluster, any node
//   rediss://…                                              the same over TLS
//   redis+cluster://[[user]:password@]host:port,host:port   a Cluster, by some of its nodes
//   rediss+cluster://…                                      the same over TLS

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface RedisTarget {
  /** At least one; of a Cluster, those to ask for the others. */
  readonly addresses: readonly [Address, ...Address[]];
  readonly cluster: boolean;
  readonly tls: boolean;
  readonly username?: string;
  readonly password?: string;
  readonly database: number;
  /** The URL without user and password, for people. */
  readonly shown: string;
}

const URL_FORM = /^(redis|rediss)(\+cluster)?:\/\/(?:([^/]*)@)?([^/@?#]+)(?:\/(\d*))?$/;
const HOST_FORM = /^(\[[0-9a-fA-F:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/;
const DEFAULT_PORT = 6379;

const HELP =
  "REDIS_URL is not a URL this understands. Use redis://HOST:PORT, redis://:PASSWORD@HOST:PORT/DATABASE, " +
  "rediss://… for TLS, or redis+cluster://HOST:PORT,HOST:PORT for a Cluster.";

/** `host:port`, an IPv6 host in brackets. */
export function showAddress({ host, port }: Address): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function parseAddress(text: string): Address {
  const [, host, port] = HOST_FORM.exec(text) ?? [];
  if (host === undefined) throw new Error(HELP);
  return { host: host.replace(/^\[|\]$/g, ""), port: port === undefined ? DEFAULT_PORT : Number(port) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error(`${HELP} A "%" in a password is written "%25".`);
  }
}

function parseCredentials(text: string | undefined): { username?: string; password?: string } {
  if (text === undefined) return {};
  const colon = text.indexOf(":");
  const username = colon === -1 ? text : text.slice(0, colon);
  return {
    ...(username && { username: decode(username) }),
    ...(colon !== -1 && { password: decode(text.slice(colon + 1)) }),
  };
}

/**
 * Reads a REDIS_URL.
 *
 * @throws Error that says what a URL looks like. It never repeats the URL, which may hold a password.
 */
export function parseRedisUrl(url: string): RedisTarget {
  const [, scheme, cluster, credentials, hosts, database = ""] = URL_FORM.exec(url) ?? [];
  if (hosts === undefined) throw new Error(HELP);
  const [first = "", ...others] = hosts.split(",");
  if (cluster === undefined && others.length > 0) throw new Error(HELP);
  if (cluster !== undefined && Number(database) !== 0) {
    throw new Error("REDIS_URL names a database, and a Cluster has only database 0. Leave it out.");
  }
  return {
    addresses: [parseAddress(first), ...others.map(parseAddress)],
    cluster: cluster !== undefined,
    tls: scheme === "rediss",
    ...parseCredentials(credentials),
    database: Number(database),
    shown: `${scheme}${cluster ?? ""}://${hosts}${Number(database) > 0 ? `/${database}` : ""}`,
  };
}
