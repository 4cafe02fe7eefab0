// The Worker.

import { createApp } from "./app.ts";
import { createLog } from "./log.ts";
import { runScheduled } from "./scheduled.ts";
import { scheduledTasks } from "./scheduled/tasks.ts";
import { createServices } from "./services.ts";

const log = createLog();
const open = createServices({ log });
const app = createApp({
  services: (c) => open(c.env, (work) => c.executionCtx.waitUntil(work)),
  log,
});

export default {
  fetch: app.fetch,
  async scheduled(_controller, env, ctx) {
    const services = open(env, (work) => ctx.waitUntil(work));
    await runScheduled({ tasks: scheduledTasks(services), log });
  },
} satisfies ExportedHandler<Env>;
