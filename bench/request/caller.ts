// A client of one of the Workers: signed in, reading an article.

/** Asks the Worker at `url`, as whoever has the address and the cookie. */
export interface Caller {
  /** Reads the article; what it says is read to its end. */
  read(): Promise<{ readonly status: number; readonly body: string }>;
  readonly cookie: string;
}

export const ARTICLE = "42";

export const ask = (url: URL, path: string, headers: Record<string, string>, method = "GET") =>
  fetch(new URL(path, url), { method, headers });

const MOST_LOOKS = 50;

/**
 * Signs in, and waits until the session is there: @hono/session answers before it has stored it.
 * @param address of the client, which limits go by
 */
export async function signIn(url: URL, address: string): Promise<Caller> {
  const headers = { "CF-Connecting-IP": address };
  const answer = await ask(url, "/session/ada", headers, "POST");
  if (answer.status !== 201) throw new Error(`A sign-in was answered ${answer.status}.`);
  const [cookie = ""] = (answer.headers.get("set-cookie") ?? "").split(";");
  for (let look = 1; look <= MOST_LOOKS; look += 1) {
    const { status } = await callerOf(url, `198.51.100.${look}`, cookie).read();
    if (status === 200) return callerOf(url, address, cookie);
  }
  throw new Error("A session that was begun is not there.");
}

export function callerOf(url: URL, address: string, cookie: string): Caller {
  return {
    cookie,
    async read() {
      const answer = await ask(url, `/articles/${ARTICLE}`, { "CF-Connecting-IP": address, Cookie: cookie });
      return { status: answer.status, body: await answer.text() };
    },
  };
}
