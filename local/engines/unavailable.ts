// Said by an engine that could not ask its Redis.

/**
 * The Redis behind the engine could not be reached, or did not answer in time. Whether the commands ran is unknown.
 * The message names the address, never a password, a key or a value.
 */
export class EngineUnavailableError extends Error {
  override readonly name = "EngineUnavailableError";
}
