import { expect, test, vi } from "vitest";
import { allOrNone } from "../../../../local/engines/redis/monitor.ts";

test("where one of several cannot be watched, the others are not either, however late they began", async () => {
  const [early, late] = [vi.fn<() => void>(), vi.fn<() => void>()];
  const { promise, resolve } = Promise.withResolvers<() => void>();
  const watching = allOrNone([Promise.resolve(early), Promise.reject(new Error("gone")), promise]);
  resolve(late);
  await expect(watching).rejects.toThrow("gone");
  expect(early).toHaveBeenCalledOnce();
  expect(late).toHaveBeenCalledOnce();
});
