// A request's body, read up to a limit, whether or not its length was announced.

const EMPTY = Buffer.alloc(0);

/**
 * Reads the body whole.
 * @param request the request; GET and HEAD have no body
 * @param maxBytes the most that is read
 * @returns the bytes, or null where there are more than `maxBytes` of them (the rest is not read)
 */
export async function readBody(request: Request, maxBytes: number): Promise<Buffer | null> {
  if (request.method === "GET" || request.method === "HEAD") return EMPTY;
  const announced = request.headers.get("content-length");
  if (announced === null) return readChunks(request, maxBytes);
  // HTTP never delivers more than was announced, so the announced length can be trusted as a bound.
  if (Number(announced) > maxBytes) return null;
  return Buffer.from(await request.arrayBuffer());
}

async function readChunks(request: Request, maxBytes: number): Promise<Buffer | null> {
  if (request.body === null) return EMPTY;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body) {
    length += chunk.byteLength;
    if (length > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
