// Queues, and events: what is published and how it comes to webhooks and live viewers.

import type { Part } from "../harness/bench.ts";
import { compare } from "../harness/compare.ts";
import { nameAndVersion } from "../harness/versions.ts";
import { createEventLog } from "../../lib/pubsub/index.ts";
import { createConnection } from "../../lib/redis/index.ts";
import { createContenders } from "./contenders.ts";
import { deliveries } from "./deliveries.ts";
import { outcomes } from "./outcomes.ts";
import { queueTables } from "./queues.ts";

const text = (): string => `
*Queues*: Sedge's (\`lib/lists\`) and ${nameAndVersion("@upstash/queue")}, each hiding a received message for a second. By its default
that one acknowledges a message before it is handed out; with \`autoVerify: false\` the consumer does, as Sedge's must. It is given
the project's client, pipelining by itself. What Sedge's commands buy is below: receipts that go stale, and delays that
nobody has to be there for; dead letters beside.

*Publishing* has no peer here: it is one script that appends to the log and says who is to be woken.`;

export const events: Part = {
  name: "events",
  async run(bench) {
    const contenders = createContenders(bench.gateway);
    const queues = await queueTables(bench, contenders);
    const lost = await outcomes(bench, contenders);

    const { url, token } = bench.gateway;
    const connection = createConnection({ url, token, timeoutMs: 5_000 });
    const log = () => createEventLog({ redis: connection.open() });
    const publishing = await compare(bench, {
      title: "Publish an event",
      contestants: [
        { name: "Sedge", run: () => log().publish("order:events", { orderId: 42 }, { type: "paid" }) },
        {
          name: "Sedge, with an idempotency key",
          run: (i) =>
            log().publish("order:events", { orderId: 42 }, { type: "paid", idempotencyKey: `order-${i}` }),
        },
      ],
      rounds: [200, 30, 12],
    });
    return {
      title: "Queues and events",
      text: text(),
      tables: [...queues, lost, publishing, await deliveries(bench)],
    };
  },
};
