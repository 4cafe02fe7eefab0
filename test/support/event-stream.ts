// A client of server-sent events (WHATWG HTML, 9.2) that shows each block as it came.

/** What stands between two empty lines: its fields, and the comments under "". */
export type Block = Readonly<Record<string, string>>;

/** Reads a stream block by block, to its end. Who stops reading cancels it. */
export async function* blocksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Block, void> {
  let unfinished = "";
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    const blocks = (unfinished + decoder.decode(chunk, { stream: true })).split("\n\n");
    unfinished = blocks.pop() ?? "";
    for (const block of blocks) yield fieldsOf(block);
  }
}

function fieldsOf(block: string): Block {
  const fields = block.split("\n").map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, "")];
  });
  return Object.fromEntries(fields);
}
