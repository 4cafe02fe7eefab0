// What every Worker serves, from an origin that is asked where the cache has nothing.

export interface Article {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  /** Another one each time it is read from the origin: tells a cached answer from one that is not. */
  readonly edition: string;
}

export const TTL_SECONDS = 3_600;

/** The tags of an article: three, of which none is its own. */
export const tagsOf = (id: string): string[] => ["articles", `shelf:${id.length}`, "site"];

/** Stands for a database. */
export async function readArticle(id: string): Promise<Article> {
  const text = "What stands in a cache is worth what it takes to fetch it again. ".repeat(8);
  return { id, title: `Article ${id}`, text, edition: crypto.randomUUID() };
}
