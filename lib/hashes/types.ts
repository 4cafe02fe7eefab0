// What configs take and answer.

import type { Redis } from "../redis/index.ts";

/** Values by the name of their field. */
export type Fields = Readonly<Record<string, unknown>>;

export interface ConfigsOptions {
  redis: Redis;
  /** In front of every key. "sedge". */
  prefix?: string;
  /** A config has at most so many fields, and so many may change at once. 128. */
  maxFields?: number;
  /** And at most so many bytes, names and encoded values together. 65,536. */
  maxBytes?: number;
}

export interface Config<T extends Fields = Fields> {
  /** How often it was updated: 1 after the first. */
  readonly version: number;
  /** Each as it was given, of the type that it was given in; in the order of their names. */
  readonly values: T;
}

/** What version an update is for. */
export type Expected =
  /** This one, or one of these; 0 where there shall be none yet. */
  | number
  | readonly number[]
  /** Any, but there must be one. */
  | "any";

/** Why an update cannot be kept. */
export type ConfigFault =
  /** A field's name is no name, or is `__proto__`. */
  | "field-name"
  /** A value has no text: a function, a symbol, an instance of a class, an own property called `__proto__`. */
  | "not-encodable"
  /** With it the config would have more than `maxFields` or `maxBytes`. */
  | "too-large";

export type ConfigUpdate<T extends Fields = Fields> =
  /** `config` is the whole of it after the update. */
  | { readonly kind: "updated"; readonly config: Config<T> }
  /** It has another version, this one; 0 where there is none. Nothing has changed. */
  | { readonly kind: "conflict"; readonly version: number }
  /** Nothing has changed. */
  | { readonly kind: "refused"; readonly because: ConfigFault };

export interface Configs {
  /**
   * The whole config, or null where nobody has written it.
   * @throws InvalidNameError, RedisUnavailableError. Cost: 1 trip, 1 command.
   */
  get<T extends Fields = Fields>(name: string): Promise<Config<T> | null>;

  /**
   * Merges fields into a config, which has one more version then, also where its values are what they were. What others
   * write meanwhile is not lost: fields that are not named stay as they are.
   *
   * @param changes null removes a field, undefined is nothing. Values as `lib/codec.ts` keeps them: JSON's, Date, Map…
   * @param options.expected compares and sets in one step: of several updates for one version, one comes to pass
   * @throws InvalidNameError; RedisUnavailableError: unless its reason is "breaker-open" it may have come to pass. Send it
   *   again for the same version: "conflict" says that it had, or that another was first
   *
   * Cost: 1 trip, 4 commands.
   */
  update<T extends Fields = Fields>(
    name: string,
    changes: { readonly [Field in keyof T]?: T[Field] | null | undefined },
    options?: { expected?: Expected },
  ): Promise<ConfigUpdate<T>>;
}
