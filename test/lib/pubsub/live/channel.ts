// Redis's Pub/Sub between it and a viewer, with faults.

import type { Subscribe } from "../../../../lib/redis/index.ts";

export function createChannel() {
  const channel = {
    /** Which messages are lost on their way. */
    loses: (_payload: string): boolean => false,
    /** Ends all subscriptions there are. */
    cut: (): void => undefined,
    /** Whether new ones are refused. */
    refuses: false,
    /** How many messages were asked for. */
    asked: 0,
    through:
      (subscribe: Subscribe): Subscribe =>
      async (...args) => {
        if (channel.refuses) throw new Error("refused");
        const subscription = await subscribe(...args);
        const cutOthers = channel.cut;
        channel.cut = () => {
          cutOthers();
          subscription.close();
        };
        return {
          ...subscription,
          next: async () => {
            for (;;) {
              channel.asked += 1;
              const payload = await subscription.next();
              if (payload === undefined || !channel.loses(payload)) return payload;
            }
          },
        };
      },
  };
  return channel;
}
