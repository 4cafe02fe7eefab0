// Redis, asked past the Worker: by the REST server that the Worker uses too, so on every engine.

export interface Rest {
  /** @throws where Redis does not answer, or one of them is answered with an error */
  run(commands: readonly (readonly string[])[]): Promise<unknown[]>;
  /** All keys under a prefix. */
  keys(prefix: string): Promise<string[]>;
}

const PAGE = "1000";

export function createRest(url: string, token: string): Rest {
  const rest: Rest = {
    async run(commands) {
      if (commands.length === 0) return [];
      const response = await fetch(`${url}/pipeline`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify(commands),
      });
      const replies = (await response.json()) as { result?: unknown; error?: string }[];
      return replies.map(({ result, error }) => {
        if (error !== undefined) throw new Error(error);
        return result;
      });
    },
    async keys(prefix) {
      const found = new Set<string>();
      let cursor = "0";
      do {
        const [page] = await rest.run([["SCAN", cursor, "MATCH", `${prefix}*`, "COUNT", PAGE]]);
        const [next, keys] = page as [string, string[]];
        for (const key of keys) found.add(key);
        cursor = next;
      } while (cursor !== "0");
      return [...found];
    },
  };
  return rest;
}
