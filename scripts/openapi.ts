// `npm run openapi`: writes public/openapi.json from what the routes check and what is said of them.

import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createApp } from "../functions/app.ts";
import { openApiOf } from "../functions/openapi.ts";

// No request is made, so there is nothing to serve one with.
const app = createApp({
  services: () => {
    throw new Error("This app answers nothing.");
  },
  log: () => undefined,
});

const file = join(dirname(import.meta.dirname), "public", "openapi.json");
const text = `${JSON.stringify(await openApiOf(app), null, 2)}\n`;
await writeFile(file, text);
process.stdout.write(`${file}  ${(text.length / 1024).toFixed(1)} KiB\n`);
