// Upstash's REST protocol, but for its streams: who may call, what each endpoint does, what a fault looks like. Of what
// serves HTTP it knows nothing.

import { type Engine, EngineError } from "../engine.ts";
import { createAuthenticator } from "./auth.ts";
import { isForeignPage } from "./browsers.ts";
import { parseCommand, parsePipeline, parseTarget } from "./parse.ts";
import { type Answer, createResponder, readFormat } from "./respond.ts";
import { createRunner, EngineUnreachableError } from "./run.ts";
import type { Target } from "./target.ts";

/** The token of a server nobody configured. Everyone knows it. */
export const DEFAULT_TOKEN = "local";

const METHODS = ["HEAD", "GET", "POST", "PUT"];

/** A request, but for its body. */
export interface Head {
  readonly method: string;
  readonly target: Target;
  /** A header by its name in lower case, or null. Needs no `this`. */
  readonly header: (name: string) => string | null;
}

export interface Exchange {
  /** Why a request may not be made at all, or null. */
  refuse(head: Head): Answer | null;
  /**
   * Runs what a request asks for. A fault is an answer, too.
   * @param body null where it is longer than may be
   */
  answer(head: Head, body: Buffer | null): Promise<Answer>;
  /** What is answered to a fault. */
  fault(error: unknown): Answer;
}

export interface ExchangeOptions {
  engine: Engine;
  token: string;
  maxRequestBytes: number;
  log?: ((line: string) => void) | undefined;
}

const isAborted = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ECONNRESET";

/** Each request costs one call of the engine, whatever the number of its commands. */
export function createExchange({ engine, token, maxRequestBytes, log }: ExchangeOptions): Exchange {
  const isAuthenticated = createAuthenticator(token);
  const runner = createRunner(engine);
  const respond = createResponder();

  async function run({ target, header }: Head, body: Buffer | null): Promise<Answer> {
    const format = readFormat(header);
    if (format instanceof EngineError) return respond.failure(400, format.message);
    if (body === null) return respond.tooLarge(maxRequestBytes);
    if (target.path === "pipeline" || target.path === "multi-exec") {
      const commands = parsePipeline(body);
      if (commands instanceof EngineError) return respond.failure(400, commands.message);
      if (target.path === "pipeline") return respond.replies(await runner.pipeline(commands), format);
      const replies = await runner.transaction(commands);
      if (replies instanceof EngineError) return respond.failure(400, replies.message);
      return respond.replies(replies, { ...format, resp2: false });
    }
    const command = target.path === "" ? parseCommand(body) : parseTarget(target, body);
    if (command instanceof EngineError) return respond.failure(400, command.message);
    return respond.reply(await runner.single(command), format);
  }

  function fault(error: unknown): Answer {
    if (error instanceof EngineUnreachableError) return respond.failure(503, `ERR ${error.message}`);
    // Who leaves in the middle of a body is no fault of this server, and hears no answer.
    if (!isAborted(error))
      log?.(`REST: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return respond.failure(500, "ERR internal error of the REST server");
  }

  return {
    refuse({ method, target, header }) {
      if (!METHODS.includes(method)) return respond.notAllowed(METHODS);
      if (token === DEFAULT_TOKEN && isForeignPage(header)) {
        return respond.failure(403, "ERR web pages need a token of your own: set UPSTASH_REDIS_REST_TOKEN");
      }
      if (isAuthenticated(header("authorization"), target.query)) return null;
      return respond.failure(401, "WRONGPASS invalid or missing auth token");
    },
    answer: (head, body) => run(head, body).catch(fault),
    fault,
  };
}
