import { once } from "node:events";
import { createServer } from "node:net";
import { expect, it } from "vitest";
import { requireFreePort } from "../../../local/dev/ports.ts";

it("tells a taken port by its number and its variable, and takes it when it is free again", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;

  await expect(requireFreePort("127.0.0.1", port, "PORT")).rejects.toThrow(
    `PORT: port ${port} on 127.0.0.1 is taken`,
  );

  server.close();
  await once(server, "close");
  await expect(requireFreePort("127.0.0.1", port, "PORT")).resolves.toBeUndefined();
});
