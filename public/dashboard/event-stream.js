// Server-sent events (WHATWG HTML, 9.2), read by fetch. EventSource cannot send a key, tells nothing of a refusal, and hears
// an event only by a type that is known beforehand; here any type may come.

/** The Worker sends a comment at least every 20 s: nothing for so long, and the connection is dead. */
const SILENCE_MS = 45_000;

/** @typedef {{ id: string | undefined, event: string, data: string }} Message */

/**
 * Reads a stream to its end.
 * @param {string} path
 * @param {object} options
 * @param {string} options.key
 * @param {AbortSignal} options.signal ends it
 * @param {() => void} options.onOpen it is accepted
 * @param {(message: Message) => void} options.onMessage
 * @returns {Promise<number>} the answer's status: 200 when a stream came, and has ended
 * @throws where the connection broke, or went silent
 */
export async function readStream(path, { key, signal, onOpen, onMessage }) {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENCE_MS);
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), SILENCE_MS);
  };
  try {
    const response = await fetch(path, {
      headers: { Accept: "text/event-stream", Authorization: `Bearer ${key}` },
      cache: "no-store",
      credentials: "omit",
      signal: AbortSignal.any([signal, silence.signal]),
    });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      return response.status;
    }
    onOpen();
    const feed = createParser(onMessage);
    const decoder = new TextDecoder();
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return response.status;
      heard();
      feed(decoder.decode(value, { stream: true }));
    }
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {(message: Message) => void} onMessage also for an id without data, which is a position to resume from
 * @returns {(text: string) => void} takes the stream piece by piece
 */
export function createParser(onMessage) {
  let unfinished = "";
  return function feed(text) {
    const blocks = (unfinished + text).split("\n\n");
    unfinished = blocks.pop() ?? "";
    for (const block of blocks) {
      const message = messageOf(block);
      if (message.id !== undefined || message.data !== "") onMessage(message);
    }
  };
}

/** @param {string} block @returns {Message} */
function messageOf(block) {
  /** @type {Message} */
  const message = { id: undefined, event: "message", data: "" };
  /** @type {string[]} */
  const data = [];
  for (const line of block.split("\n")) {
    const [, field, value = ""] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (field === "id") message.id = value;
    else if (field === "event") message.event = value;
    else if (field === "data") data.push(value);
  }
  return { ...message, data: data.join("\n") };
}
