// Commands that REST cannot carry: requests share connections, so a command must neither block one nor change its state.

import type { EngineCommand } from "../engine.ts";

const BLOCKS = "it blocks its connection";
const BLOCK_OPTION = "its BLOCK option blocks the connection; leave it out and poll";
const POLL = (instead: string) => `${BLOCKS}; poll with ${instead}`;
const TRANSACTION = "send the commands of a transaction to /multi-exec";
const OPTIMISTIC = "a connection is shared; use a script";
const CONNECTION = "it changes a connection, and connections are shared";
const STREAM = "close the stream of /subscribe or /psubscribe";
const SERVER = "it changes the server, not its data";
const HTTP = "Redis takes it for HTTP sent by a web page and closes the connection, which others share";

const REASONS: ReadonlyMap<string, string> = new Map([
  ["BLPOP", POLL("LPOP")],
  ["BRPOP", POLL("RPOP")],
  ["BLMOVE", POLL("LMOVE")],
  ["BRPOPLPUSH", POLL("LMOVE")],
  ["BLMPOP", POLL("LMPOP")],
  ["BZPOPMIN", POLL("ZPOPMIN")],
  ["BZPOPMAX", POLL("ZPOPMAX")],
  ["BZMPOP", POLL("ZMPOP")],
  ["WAIT", BLOCKS],
  ["WAITAOF", BLOCKS],
  ["MULTI", TRANSACTION],
  ["EXEC", TRANSACTION],
  ["DISCARD", TRANSACTION],
  ["WATCH", OPTIMISTIC],
  ["UNWATCH", OPTIMISTIC],
  ["SELECT", CONNECTION],
  ["HELLO", CONNECTION],
  ["RESET", CONNECTION],
  ["QUIT", CONNECTION],
  ["AUTH", "the token of the request decides who may call"],
  ["READONLY", CONNECTION],
  ["READWRITE", CONNECTION],
  ["ASKING", CONNECTION],
  ["SUBSCRIBE", "open /subscribe/CHANNEL, a stream of server-sent events"],
  ["PSUBSCRIBE", "open /psubscribe/PATTERN, a stream of server-sent events"],
  ["SSUBSCRIBE", "sharded channels have no stream here; use /subscribe/CHANNEL"],
  ["UNSUBSCRIBE", STREAM],
  ["PUNSUBSCRIBE", STREAM],
  ["SUNSUBSCRIBE", STREAM],
  ["MONITOR", "open /monitor, a stream of server-sent events"],
  ["SHUTDOWN", SERVER],
  ["DEBUG", SERVER],
  ["SLAVEOF", SERVER],
  ["REPLICAOF", SERVER],
  ["FAILOVER", SERVER],
  ["MODULE", SERVER],
  ["MIGRATE", "it sends data to another server"],
  ["SYNC", "it turns its connection into a replica's"],
  ["PSYNC", "it turns its connection into a replica's"],
  ["REPLCONF", "it turns its connection into a replica's"],
  ["POST", HTTP],
  ["HOST:", HTTP],
]);

/** Commands of which only these subcommands are let through, the ones that read. */
const READ_ONLY_SUBCOMMANDS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["CONFIG", new Set(["GET", "HELP"])],
  ["ACL", new Set(["CAT", "DRYRUN", "GENPASS", "GETUSER", "HELP", "LIST", "LOG", "USERS", "WHOAMI"])],
  ["CLIENT", new Set(["GETNAME", "HELP", "ID", "INFO", "LIST"])],
  [
    "CLUSTER",
    new Set([
      "COUNTKEYSINSLOT",
      "GETKEYSINSLOT",
      "HELP",
      "INFO",
      "KEYSLOT",
      "MYID",
      "NODES",
      "SHARDS",
      "SLOTS",
    ]),
  ],
]);

/**
 * Says why a command is refused over REST.
 * @param name the command's name, upper-case
 * @param command the whole command
 * @returns the error to answer, or null where the command may run
 */
export function refusal(name: string, command: EngineCommand): string | null {
  const reason = REASONS.get(name) ?? reasonOfArguments(name, command);
  return reason === null ? null : `ERR ${name} is not available over REST: ${reason}`;
}

function reasonOfArguments(name: string, command: EngineCommand): string | null {
  const readOnly = READ_ONLY_SUBCOMMANDS.get(name);
  if (readOnly !== undefined) {
    const subcommand = upperCase(command[1]);
    return subcommand === "" || readOnly.has(subcommand) ? null : `only ${[...readOnly].join(", ")} are`;
  }
  if (name === "XREAD" || name === "XREADGROUP") return blocks(command) ? BLOCK_OPTION : null;
  if (name === "SCRIPT" && upperCase(command[1]) === "DEBUG") return CONNECTION;
  return null;
}

/** Reads the options as Redis does: in any order, up to STREAMS. */
function blocks(command: EngineCommand): boolean {
  for (let index = 1; index < command.length; index++) {
    const keyword = upperCase(command[index]);
    if (keyword === "STREAMS") return false;
    if (keyword === "BLOCK") return true;
    if (keyword === "COUNT") index++;
    if (keyword === "GROUP") index += 2;
  }
  return false;
}

/** A command's name, or another of its keywords, as Redis compares them. */
export function upperCase(argument: Buffer | undefined): string {
  return argument === undefined ? "" : argument.toString("latin1").toUpperCase();
}
