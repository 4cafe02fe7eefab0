// What kept the runner from starting, where it is nobody's fault in the code.

/** Its message says what to do; a stack would only hide it. */
export class StartError extends Error {
  override readonly name = "StartError";
}
