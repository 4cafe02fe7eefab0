import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  createAddressGuard,
  createSecret,
  createWebhookSender,
  type SendWebhook,
} from "../../../lib/webhooks/index.ts";
import { createClock, type Clock } from "../../support/clock.ts";
import { startReceiver, type Receiver } from "./receiver.ts";

const guard = createAddressGuard({ local: true, resolve: async () => null });

let receiver: Receiver;
let clock: Clock;
let send: SendWebhook;
beforeEach(async () => {
  receiver = await startReceiver();
  clock = createClock();
  send = createWebhookSender({ guard, now: clock.now });
});
afterEach(async () => receiver.close());

const secret = createSecret();
const BODY = JSON.stringify({ id: "1-0", data: { text: "💡 \u2028 ä" } });
const message = (path = "/hook?a=b", secrets = [secret]) => ({
  id: "1762000000000-0",
  url: `${receiver.url}${path}`,
  body: BODY,
  secrets,
});
const attempt = (signal = AbortSignal.timeout(5_000)) => send(message(), signal);
const only = () => receiver.received[0] ?? expect.fail("nothing was received");

describe("a webhook", () => {
  test("is a POST of JSON that is signed, and carries nothing else of who sends it", async () => {
    expect(await attempt()).toEqual({ kind: "delivered", status: 204 });
    const { method, path, headers, body } = only();
    expect([method, path, body]).toEqual(["POST", "/hook?a=b", BODY]);
    expect(headers).toMatchObject({
      "content-type": "application/json",
      "user-agent": "Sedge-Webhooks/1",
      "webhook-id": "1762000000000-0",
      "webhook-timestamp": String(Math.floor(clock.now() / 1_000)),
      "webhook-signature": expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/),
    });
    for (const name of ["cookie", "authorization", "origin", "referer"])
      expect(headers).not.toHaveProperty(name);
    expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(BODY));
  });

  test("does not verify with another body, id, time or secret", async () => {
    await attempt();
    const { headers, body } = only();
    const timestamp = String(Number(headers["webhook-timestamp"]) - 1);
    const verify = (text: string, changed: Record<string, string>, by = secret) =>
      new Webhook(by).verify(text, { ...headers, ...changed });
    expect(() => verify(`${body} `, {})).toThrow("No matching signature");
    expect(() => verify(body, { "webhook-id": "2-0" })).toThrow("No matching signature");
    expect(() => verify(body, { "webhook-timestamp": timestamp })).toThrow("No matching signature");
    expect(() => verify(body, {}, createSecret())).toThrow("No matching signature");
  });

  test("is signed as the example of Standard Webhooks is", async () => {
    clock = createClock(1_614_265_330_000);
    send = createWebhookSender({ guard, now: clock.now });
    await send(
      {
        id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
        url: receiver.url,
        body: '{"test": 2432232314}',
        secrets: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
      },
      AbortSignal.timeout(5_000),
    );
    expect(only().headers["webhook-signature"]).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  });

  test("that two secrets sign verifies with either", async () => {
    const newer = createSecret();
    await send(message("/", [newer, secret]), AbortSignal.timeout(5_000));
    const { headers, body } = only();
    expect(headers["webhook-signature"]).toMatch(/^v1,\S+ v1,\S+$/);
    for (const one of [secret, newer]) expect(() => new Webhook(one).verify(body, headers)).not.toThrow();
  });

  test("keeps its id and has another time and signature when it is sent again", async () => {
    await attempt();
    clock.advance(10);
    await attempt();
    const [first, second] = receiver.received.map(({ headers }) => headers);
    expect(second?.["webhook-id"]).toBe(first?.["webhook-id"]);
    expect(Number(second?.["webhook-timestamp"])).toBe(Number(first?.["webhook-timestamp"]) + 10);
    expect(second?.["webhook-signature"]).not.toBe(first?.["webhook-signature"]);
  });
});

describe("what comes of it", () => {
  test.each([200, 201, 202, 204, 299])("%i is a delivery", async (status) => {
    receiver.answer = (response) => response.writeHead(status).end();
    expect(await attempt()).toEqual({ kind: "delivered", status });
  });

  test("410 says that it is wanted no more", async () => {
    receiver.answer = (response) => response.writeHead(410, { "Retry-After": "5" }).end("gone");
    expect(await attempt()).toEqual({ kind: "gone", status: 410, error: "answered 410" });
  });

  test.each([400, 401, 404, 408, 409, 429, 500, 502, 503, 504, 599])(
    "%i is a failure, whatever it says",
    async (status) => {
      receiver.answer = (response) => response.writeHead(status).end("a secret of the receiver's");
      expect(await attempt()).toEqual({ kind: "failed", status, error: `answered ${status}` });
    },
  );

  test.each([300, 301, 302, 303, 304, 307, 308])("%i is a failure, and is not followed", async (status) => {
    receiver.answer = (response, { path }) =>
      response.writeHead(path === "/inside" ? 204 : status, { Location: `${receiver.url}/inside` }).end();
    expect(await attempt()).toEqual({
      kind: "failed",
      status,
      error: "a redirect, which is not followed",
    });
    expect(receiver.received.map(({ path }) => path)).toEqual(["/hook?a=b"]);
  });

  test.each<[string, number | undefined]>([
    ["0", 0],
    ["120", 120],
    [" 7 ", 7],
    ["Sun, 01 Nov 2026 09:30:10 GMT", 10],
    ["Sunday, 01-Nov-26 09:31:00 GMT", 60],
    ["Sun, 01 Nov 2026 09:29:00 GMT", 0],
    ["-1", undefined],
    ["1.5", undefined],
    ["1e3", undefined],
    ["soon", undefined],
    ["9999999999999", undefined],
    ["2026-11-01", undefined],
    ["Sun, 99 Nov 2026 09:30:10 GMT", undefined],
    ["", undefined],
  ])("Retry-After: %j asks for %j seconds", async (header, seconds) => {
    clock = createClock(Date.UTC(2026, 10, 1, 9, 30));
    send = createWebhookSender({ guard, now: clock.now });
    for (const status of [429, 503]) {
      receiver.answer = (response) => response.writeHead(status, { "Retry-After": header }).end();
      const outcome = await attempt();
      expect(outcome).toMatchObject({ kind: "failed", status });
      expect("retryAfterSeconds" in outcome ? outcome.retryAfterSeconds : undefined).toBe(seconds);
    }
  });

  test("a receiver that hangs is a failure when the time is up", async () => {
    receiver.answer = () => undefined;
    const ending = new AbortController();
    const outcome = attempt(ending.signal);
    await vi.waitFor(() => expect(receiver.received).toHaveLength(1));
    ending.abort();
    expect(await outcome).toEqual({ kind: "failed", status: null, error: "no answer in time" });
    await vi.waitFor(() => expect(receiver.abandoned()).toBe(1));
  });

  test("a connection that is reset, or that there is none of, is a failure", async () => {
    receiver.answer = (response) => response.socket?.resetAndDestroy();
    const failed = { kind: "failed", status: null, error: "no connection, or it broke" };
    expect(await attempt()).toEqual(failed);
    const { url } = await startReceiver().then(async (gone) => {
      await gone.close();
      return gone;
    });
    expect(await send({ ...message(), url }, AbortSignal.timeout(5_000))).toEqual(failed);
  });

  test("an answer that is no HTTP is a failure", async () => {
    receiver.answer = (response) => response.socket?.end("SSH-2.0-OpenSSH_9.2\r\n");
    expect(await attempt()).toMatchObject({ kind: "failed", status: null });
  });

  test("an answer without an end is not read to its end", async () => {
    let written = 0;
    receiver.answer = (response) => {
      response.writeHead(200);
      const chunk = Buffer.alloc(65_536);
      const more = () => {
        while (!response.destroyed && written < 2 ** 30 && response.write(chunk)) written += chunk.length;
      };
      response.on("drain", more);
      more();
    };
    expect(await attempt()).toEqual({ kind: "delivered", status: 200 });
    await vi.waitFor(() => expect(receiver.abandoned()).toBe(1));
    expect(written).toBeLessThan(2 ** 26);
  });
});

describe("where its URL may not be called, or not be checked, nothing is sent", () => {
  test.each<[string, string, readonly string[] | null]>([
    ["http://127.0.0.1/", "not sent: its URL must begin with https://", []],
    ["https://10.0.0.1/", "not sent: its URL must not lead to a private or local address", []],
    ["https://a.example/", "not sent: its URL must not lead to a private or local address", ["10.0.0.1"]],
    ["https://a.example/", "not sent: its URL must have a name that leads somewhere", []],
    ["https://a.example/", "not sent: its URL's name could not be looked up", null],
  ])("%s: %s", async (url, error, addresses) => {
    const sender = createWebhookSender({
      guard: createAddressGuard({ resolve: async () => addresses }),
      fetch: () => Promise.reject(new Error("nothing is sent")),
    });
    expect(await sender({ ...message(), url }, AbortSignal.timeout(5_000))).toEqual({
      kind: "failed",
      status: null,
      error,
    });
  });
});
