// An engine that answers what a test says and remembers what it was asked.

import {
  type Engine,
  type EngineCommand,
  type EngineMessage,
  type EngineReply,
  type Unsubscribe,
} from "../../../local/engine.ts";
import { createRestApp, type RestAppOptions } from "../../../local/rest/app.ts";

export interface FakeEngine extends Engine {
  /** Every command that arrived, as text. */
  commands: string[][];
  /** How often the engine was called. */
  calls: string[];
  /** Delivers to every open subscription. */
  publish(message: EngineMessage): void;
  /** Delivers to every open monitor. */
  report(line: string): void;
  /** How many subscriptions and monitors are open. */
  open(): number;
}

async function attach<T>(set: Set<T>, listener: T): Promise<Unsubscribe> {
  set.add(listener);
  return () => void set.delete(listener);
}

/**
 * @param reply answers each command; by default the command itself, as an array of bulk strings
 */
export function createFakeEngine(
  reply: (command: EngineCommand) => EngineReply = (command) => command,
): FakeEngine {
  const subscribers = new Set<(message: EngineMessage) => void>();
  const monitors = new Set<(line: string) => void>();
  const run = (call: string, commands: readonly EngineCommand[]): EngineReply[] => {
    engine.calls.push(call);
    return commands.map((command) => {
      engine.commands.push(command.map(String));
      return reply(command);
    });
  };

  const engine: FakeEngine = {
    description: "fake",
    commands: [],
    calls: [],
    pipeline: async (commands) => run("pipeline", commands),
    transaction: async (commands) => run("transaction", commands),
    subscribe: (_kind, _channels, listener) => attach(subscribers, listener),
    monitor: (listener) => attach(monitors, listener),
    publish: (message) => {
      for (const listener of subscribers) listener(message);
    },
    report: (line) => {
      for (const listener of monitors) listener(line);
    },
    open: () => subscribers.size + monitors.size,
    close: async () => {},
  };
  return engine;
}

const fail = () => Promise.reject(new Error("connect ECONNREFUSED redis://user:secret@10.0.0.7:6379"));

/** An engine whose Redis is away. The cause names what no answer may name. */
export function createDeadEngine(): Engine {
  return {
    description: "dead",
    pipeline: fail,
    transaction: fail,
    subscribe: fail,
    monitor: fail,
    close: async () => {},
  };
}

export const TOKEN = "t0ken";

/** The app before an engine, with a function that calls it as an authenticated client. */
export function createTestApp(engine: Engine, options: Partial<RestAppOptions> = {}) {
  const rest = createRestApp({ engine, token: TOKEN, ...options });

  async function call(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (!headers.has("authorization")) headers.set("authorization", `Bearer ${TOKEN}`);
    return rest.app.request(path, { ...init, headers });
  }
  /** Posts JSON and reads the JSON of the answer. */
  async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
    const response = await call(path, { method: "POST", body: JSON.stringify(body), headers });
    return { status: response.status, json: await response.json() };
  }
  return { ...rest, call, post };
}
