import { describe, expect, test } from "vitest";
import { parseRedisUrl } from "../../../../local/engines/redis/url.ts";

describe("a URL is taken apart", () => {
  test.each([
    [
      "redis://localhost",
      { addresses: [{ host: "localhost", port: 6379 }], database: 0, tls: false, cluster: false },
    ],
    ["redis://127.0.0.1:7000/2", { addresses: [{ host: "127.0.0.1", port: 7000 }], database: 2 }],
    ["redis://[::1]:7000", { addresses: [{ host: "::1", port: 7000 }], shown: "redis://[::1]:7000" }],
    ["rediss://h:1", { tls: true, shown: "rediss://h:1" }],
    ["redis://:p%40ss%2Fw@h:1/3", { password: "p@ss/w", shown: "redis://h:1/3" }],
    ["redis://user:pa@ss@h:1", { username: "user", password: "pa@ss", shown: "redis://h:1" }],
    [
      "redis+cluster://:secret@a:1,b:2,[::1]:3",
      {
        cluster: true,
        password: "secret",
        shown: "redis+cluster://a:1,b:2,[::1]:3",
        addresses: [
          { host: "a", port: 1 },
          { host: "b", port: 2 },
          { host: "::1", port: 3 },
        ],
      },
    ],
  ])("%s", (url, parts) => {
    expect(parseRedisUrl(url)).toMatchObject(parts);
  });
});

test.each([
  "localhost:6379",
  "http://:hunter2@localhost",
  "redis://:hunter2@",
  "redis://:hunter2@a:1,b:2",
  "redis://:hunter2@host:port",
  "redis://:%hunter2@host",
  "redis+cluster://:hunter2@a:1/4",
])("%s is refused, without the password in the message", (url) => {
  expect(() => parseRedisUrl(url)).toThrow(/REDIS_URL/);
  expect(() => parseRedisUrl(url)).not.toThrow(/hunter2/);
});
