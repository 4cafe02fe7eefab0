// Ten thousand connections, idle and then active.

import { open, request, type Wire } from "./wire.ts";

/** Connections of one source address: far fewer than it has ports. */
const OF_AN_ADDRESS = 5_000;
/** Opened, or asked, at once. */
const AT_ONCE = 200;

export interface Crowd {
  readonly size: number;
  /** One request of each. @returns how many were answered well */
  ask(): Promise<number>;
  /** Half of them say goodbye. */
  leave(): void;
}

/** @param size of the crowd; fewer come where some are refused */
export async function gather(port: number, token: string, size: number): Promise<Crowd> {
  const wires: Wire[] = [];
  const asked: number[] = [];
  for (let from = 0; from < size; from += AT_ONCE) {
    const places = Array.from({ length: Math.min(AT_ONCE, size - from) }, (_, i) => from + i);
    const found = await Promise.allSettled(
      places.map((i) => open({ port, localAddress: `127.0.0.${2 + Math.floor(i / OF_AN_ADDRESS)}` })),
    );
    for (const each of found) if (each.status === "fulfilled") wires.push(each.value);
  }
  const ping = request(token, { body: '["PING"]' });

  return {
    size: wires.length,
    async ask() {
      let well = 0;
      for (let from = 0; from < wires.length; from += AT_ONCE) {
        const some = wires.slice(from, from + AT_ONCE);
        await Promise.all(
          some.map(async (wire, i) => {
            const number = (asked[from + i] = (asked[from + i] ?? 0) + 1);
            wire.write(ping);
            const answers = await wire.answers(number);
            if (answers.length === number && answers.at(-1)?.status === 200) well += 1;
          }),
        );
      }
      return well;
    },
    leave() {
      for (const [i, wire] of wires.entries()) wire.leave(i % 2 === 0 ? "end" : "destroy");
    },
  };
}
