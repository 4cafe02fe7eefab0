// The API over HTTP: each call is counted and timed under its operation, and must be answered as its caller expects.

export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export interface CallOptions {
  readonly body?: unknown;
  /** Besides the key, which every call carries. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses that are right here, beside 200 to 204. */
  readonly also?: readonly number[];
}

export interface Api {
  readonly url: string;
  readonly key: string;
  /** @throws Unexpected where the answer is another than expected, or there is none; it is in `failures` then */
  call<Body>(method: string, path: string, options?: CallOptions): Promise<Answer<Body>>;
  /** Of each operation of the API, the milliseconds its calls took. */
  readonly timings: ReadonlyMap<string, readonly number[]>;
  readonly failures: readonly string[];
}

/** A call went wrong, and has been told of, or met an interruption. */
export class Unexpected extends Error {
  override readonly name = "Unexpected";
}

const reasonOf = (error: unknown): string =>
  error instanceof Error && error.cause instanceof Error ? `${error}, ${error.cause}` : String(error);

interface Document {
  paths: Record<string, Record<string, { operationId: string }>>;
}

const RIGHT = [200, 201, 202, 204];
/** Longer than the longest wait that a call may ask for. */
const TIMEOUT_MS = 30_000;

/**
 * @param url the Worker's, which serves its own description
 * @param wasInterrupted is asked where nobody answered
 */
export async function createApi(
  url: string,
  key: string,
  wasInterrupted: () => Promise<boolean>,
): Promise<Api> {
  const description = await fetch(`${url}/openapi.json`);
  const operationOf = readOperations((await description.json()) as Document);
  const timings = new Map<string, number[]>(operationOf.ids.map((id) => [id, []]));
  const failures: string[] = [];

  function fail(what: string): never {
    failures.push(what);
    throw new Unexpected(what);
  }

  return {
    url,
    key,
    timings,
    failures,
    async call<Body>(method: string, path: string, { body, headers = {}, also = [] }: CallOptions = {}) {
      const operation = operationOf.find(method, path) ?? fail(`${method} ${path} is no operation`);
      const begun = performance.now();
      const answer = await fetch(`${url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          ...(body !== undefined && { "content-type": "application/json" }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
        .then(async (response) => ({ response, text: await response.text() }))
        .catch(async (error: unknown) => {
          if (await wasInterrupted()) throw new Unexpected("interrupted");
          return fail(`${operation}: no answer: ${reasonOf(error)}`);
        });
      const { response, text } = answer;
      // Every answer of the Worker itself has its request's id.
      const isItsOwn = response.headers.has("x-request-id");
      if (response.status >= 500 && !isItsOwn && (await wasInterrupted()))
        throw new Unexpected("interrupted");
      timings.get(operation)?.push(performance.now() - begun);
      if (![...RIGHT, ...also].includes(response.status)) {
        fail(`${operation}: ${method} ${path} was answered ${response.status} ${text.slice(0, 300)}`);
      }
      return {
        status: response.status,
        headers: response.headers,
        body: (text === "" ? null : JSON.parse(text)) as Body,
      };
    },
  };
}

/** Which operation a request is of. */
function readOperations({ paths }: Document) {
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => ({
      id: operationId,
      method: method.toUpperCase(),
      pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`),
      isPage: !path.startsWith("/v1/") && !path.endsWith("z"),
    })),
  );
  return {
    /** But for the pages, which are assets. */
    ids: all.filter(({ isPage }) => !isPage).map(({ id }) => id),
    find(method: string, path: string): string | undefined {
      const pathname = path.replace(/\?.*$/, "");
      return all.find((one) => one.method === method && one.pattern.test(pathname))?.id;
    },
  };
}
