import { Redis as WorkersRedis } from "@upstash/redis/cloudflare";
import { describe, expect, test } from "vitest";
import { createClient, key, redis, token, transcript, url } from "./support.ts";

transcript("as Redis words them", [
  ["NOSUCH a b", /^ERR unknown command 'NOSUCH', with args beginning with: 'a' 'b' ?$/],
  ["GET", /^ERR wrong number of arguments for 'get' command$/],
  ["CONFIG NOSUCH", /^ERR .*/],
  ["OBJECT NOSUCH", /^ERR .*/],
  ["SET @k v", "OK"],
  ["LPUSH @k v", /^WRONGTYPE /],
  ["EXPIRE @k", /^ERR wrong number of arguments for 'expire' command$/],
  ["ZADD @z notanumber m", /^ERR value is not a valid float$/],
]);

describe("through the client", () => {
  test("a failing command rejects with Redis's text", async () => {
    await redis.set(key("s"), "x");
    await expect(redis.incr(key("s"))).rejects.toThrow(/ERR value is not an integer or out of range/);
    await expect(redis.lpush(key("s"), "x")).rejects.toThrow(/WRONGTYPE/);
  });

  test("a refused command rejects with its reason", async () => {
    await expect(redis.exec(["BLPOP", key("l"), "1"])).rejects.toThrow(/BLPOP is not available over REST/);
  });

  test("a wrong token rejects", async () => {
    await expect(createClient({ token: "wrong" }).get("k")).rejects.toThrow(
      /^WRONGPASS invalid or missing auth token/,
    );
  });

  test("the Workers build works as the Node build does", async () => {
    const client = new WorkersRedis({ url, token });
    expect(await client.set(key("w"), { a: 1 })).toBe("OK");
    expect(await client.get(key("w"))).toEqual({ a: 1 });
  });

  test("a connection that failed a command serves the next", async () => {
    for (let index = 0; index < 20; index++) {
      await expect(redis.exec(["NOSUCH"])).rejects.toThrow(/unknown command/);
      expect(await redis.ping()).toBe("PONG");
    }
  });
});
