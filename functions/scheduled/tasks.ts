// The parts of the scheduled function. A minute without anything to do costs 3 commands and a query of D1.

import { recordRun, type ScheduledTask } from "../scheduled.ts";
import type { Services } from "../services.ts";
import { trimLogs } from "./retention.ts";

export function scheduledTasks(services: Services): readonly ScheduledTask[] {
  const { redis, prefix, now, outbox, dispatch } = services;
  const relayed = outbox.run();
  return [
    recordRun({ redis, prefix, now, hourly: () => trimLogs(services) }),
    {
      name: "outbox",
      async run() {
        await relayed;
      },
    },
    {
      name: "dispatch",
      async run() {
        // What stood in the outbox is delivered too. Where D1 is away, what is in the log is delivered all the same.
        await Promise.allSettled([relayed]);
        await dispatch.run();
      },
    },
  ];
}
