// What every library is asked to do: stand before the one route of a Hono app, `GET /`, with some limits. A call passes
// with 200 or is refused with 429; `X-Client` says who calls, `X-Cost` what it takes.

import type { Gateway } from "../harness/gateway-client.ts";

export type Algorithm = "fixed" | "sliding";

export interface Limit {
  /** Part of its key: limits of one name are one limit, in whichever app. */
  readonly name: string;
  readonly limit: number;
  readonly windowSeconds: number;
  readonly algorithm: Algorithm;
}

/** Where Redis is. */
export type Place = Pick<Gateway, "url" | "token">;

interface Context {
  waitUntil(work: Promise<unknown>): void;
  passThroughOnException(): void;
  props: unknown;
}

/** `app.request()` of Hono. */
export type Request = (
  path: string,
  init: RequestInit,
  env: object,
  context: Context,
) => Response | Promise<Response>;

/** A library, as it is set up. */
export interface Contender {
  readonly name: string;
  readonly algorithms: readonly [Algorithm, ...Algorithm[]];
  /** Whether a call can take more than 1. */
  readonly canWeigh: boolean;
  /** One isolate's app. */
  readonly open: (place: Place, limits: readonly Limit[]) => Request;
}

/** A caller of such an app. */
export interface Client {
  /** @returns the answer's status */
  readonly call: (client: string, cost?: number) => Promise<number>;
  /** Waits for what goes on behind the answers. */
  readonly settle: () => Promise<void>;
}

export function createClient(request: Request): Client {
  let behind: Promise<unknown>[] = [];
  const context: Context = {
    waitUntil: (work) => void behind.push(work),
    passThroughOnException: () => undefined,
    props: {},
  };
  return {
    async call(client, cost = 1) {
      const headers = { "X-Client": client, "X-Cost": String(cost) };
      const response = await request("https://bench.test/", { headers }, {}, context);
      await response.text();
      return response.status;
    },
    async settle() {
      const all = behind;
      behind = [];
      await Promise.all(all);
    },
  };
}

/** @throws where a call was not answered as it has to be */
export async function expectStatus(answer: Promise<number>, expected: 200 | 429): Promise<void> {
  const status = await answer;
  if (status !== expected) throw new Error(`A call was answered ${status}, not ${expected}.`);
}

/** A window that does not end within a run. */
export const LONG_SECONDS = 2_419_200;
