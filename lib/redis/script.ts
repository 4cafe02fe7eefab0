// A Lua script and what the client needs to know of it.

/** A Lua script, run by its SHA so that its text goes over the wire only where Redis does not know it yet. */
export interface Script {
  /** For people and for tests. */
  readonly name: string;
  readonly lua: string;
  /** SHA-1 of `lua` in hex. Written down, not computed: hashing is asynchronous in a Worker; a test compares. */
  readonly sha1: string;
  /** Commands one run is billed as, at most: itself and every `redis.call` on its longest path. */
  readonly commands: number;
  /** What a run was billed as, where its reply tells that it took a shorter path. Without it, every run counts as `commands`. */
  readonly billed?: (reply: unknown) => number;
}
