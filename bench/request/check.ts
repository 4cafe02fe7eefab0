// Whether a Worker does what is measured: without it the fastest would be the one that leaves most out.

import { ARTICLE, ask, callerOf, signIn } from "./caller.ts";

/** What the Workers are checked with. */
export const CHECKED_LIMIT = 4;

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

/**
 * @param url of a Worker whose limit is `CHECKED_LIMIT`
 * @param options.most how many may pass before it refuses: more than the limit where a window of the algorithm may end meanwhile
 * @param options.flush empties Redis
 * @throws where it does not limit, does not know who is signed in, does not cache, or serves what was invalidated
 */
export async function checkWorker(
  name: string,
  url: URL,
  { most, flush }: { readonly most: number; readonly flush: () => Promise<void> },
): Promise<void> {
  const ada = await signIn(url, "203.0.113.1");
  const first = await ada.read();
  must(first.status === 200, `${name}: a signed-in read was answered ${first.status}`);
  must(first.body.includes(`Article ${ARTICLE}`), `${name}: it answered something else`);
  must(first.body.includes('"reader":"ada"'), `${name}: it does not know who reads`);
  must((await ada.read()).body === first.body, `${name}: the second read came from the origin again`);

  await ask(url, "/invalidations/articles", { "CF-Connecting-IP": "203.0.113.9" }, "POST");
  const third = await ada.read();
  must(third.status === 200 && third.body !== first.body, `${name}: it served what was invalidated`);
  let passed = 3;
  while (passed <= most && (await ada.read()).status === 200) passed += 1;
  must(passed >= CHECKED_LIMIT, `${name}: it refused before the limit`);
  must(passed <= most, `${name}: it let ${passed} pass`);

  const stranger = await callerOf(url, "203.0.113.2", "").read();
  must(stranger.status === 401, `${name}: a read without a cookie was answered ${stranger.status}`);
  await flush();
  const gone = await callerOf(url, "203.0.113.3", ada.cookie).read();
  must(gone.status === 401, `${name}: a read whose session is gone was answered ${gone.status}`);
}
