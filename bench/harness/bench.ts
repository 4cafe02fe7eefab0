// What every part of the run gets.

import type { Gateway } from "./gateway-client.ts";
import type { RealRedis } from "./redis.ts";
import type { Section } from "./table.ts";

export interface Bench {
  /** Debian's Redis, emptied before each part. */
  readonly redis: RealRedis;
  /** The REST server before it, whose distance can be set. */
  readonly gateway: Gateway;
  /** A run that only shows that everything runs: few rounds, small sizes. */
  readonly isQuick: boolean;
}

export interface Part {
  /** For `--only`. */
  readonly name: string;
  readonly run: (bench: Bench) => Promise<Section>;
}
