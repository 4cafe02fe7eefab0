// A process of its own, as an isolate that goes when its request is answered: sends a delayed message to each queue, and ends.
//
//   node bench/events/sender.ts URL TOKEN CONTENDER QUEUE…

import { createContenders, VISIBILITY_MS } from "./contenders.ts";

const [url = "", token = "", name = "", ...queues] = process.argv.slice(2);
const contender = createContenders({ url, token }).find((one) => one.name === name);
if (contender === undefined) throw new Error(`There is no ${name}.`);
await Promise.all(queues.map((queue) => contender.open(queue).send({ queue }, VISIBILITY_MS)));
process.exit(0);
