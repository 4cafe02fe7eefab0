// The dashboard under `npm run dev`, as a person meets it.

import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Receiver, startReceiver } from "../lib/webhooks/receiver.ts";
import { eventually, openPage, type PageOptions, startChromium } from "./chromium.ts";
import { type Dev, startDev } from "./dev.ts";

let dev: Dev;
let browser: Browser;
let receiver: Receiver;

beforeAll(async () => {
  [dev, browser, receiver] = await Promise.all([startDev(), startChromium(), startReceiver()]);
});

afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
});

afterAll(() => Promise.all([browser.close(), dev.close(), receiver.close()]));

/** Names of a test's own: to it, the database is empty. */
function namesOf(test: string): Record<string, string> {
  const names = { pattern: `${test}:*`, counter: test, queues: test, board: test };
  return { "sedge.names": JSON.stringify(names) };
}

async function open(test: string, options: PageOptions = {}) {
  const opened = await openPage(browser, dev.url, { kept: namesOf(test), ...options });
  await opened.page.getByText("Live.").waitFor();
  await opened.page.getByText(/While you look/).waitFor();
  return opened;
}

const panel = (page: Page, name: string) => page.getByRole("region", { name, exact: true });
const textOf = async (page: Page, selector: string) => page.locator(selector).innerText();

/** Sends a form of a panel, with these fields filled in, and answers what it says came of it. */
async function send(page: Page, form: string, button: string, fields: Record<string, string> = {}) {
  const shown = page.locator(form);
  for (const [label, value] of Object.entries(fields)) await shown.getByLabel(label).fill(value);
  await shown.getByRole("button", { name: button, exact: true }).click();
  const output = shown.locator("output");
  await eventually(async () => expect(await output.innerText()).toMatch(/\w/));
  return output.innerText();
}

/** An event as a stream has it. */
function streamed(id: string, data: string): string {
  const event = { id, channel: "ends:a", type: "noted", key: null, data, at: "2026-11-22T10:00:00.000Z" };
  return `id: ${id}\nevent: noted\ndata: ${JSON.stringify(event)}\n\n`;
}

describe("the dashboard", () => {
  it("opens without asking for a key, says how all is, and complains of nothing", async () => {
    const { page, complaints, urls } = await open("first");
    expect(await page.locator("#gate").isVisible()).toBe(false);
    await eventually(async () =>
      expect(await textOf(page, "#health")).toMatch(/Redis\s+answers\s+D1\s+answers\s+Cron\s+\d+ s ago/),
    );
    expect(urls.filter((url) => url.includes("sedge-local"))).toEqual([]);
    expect(await page.evaluate("JSON.stringify(sessionStorage)")).toBe("{}");
    expect(complaints).toEqual([]);
  });

  it("comes under a policy that lets nothing inline and nothing foreign in", async () => {
    const { headers } = await fetch(dev.url);
    expect(headers.get("content-security-policy")).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(headers.get("content-security-policy")).not.toMatch(/unsafe|\*|http/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect((await fetch(`${dev.url}/tsconfig.json`)).status).toBe(404);
  });

  it("has a button on each empty panel that brings it to life", async () => {
    const { page, complaints } = await open("empty");
    await page.getByRole("button", { name: "Count one" }).click();
    await eventually(async () => expect(await textOf(page, "#total")).toBe("1"));
    await page.getByRole("button", { name: "Send a sample message" }).click();
    await eventually(async () => expect(await textOf(page, "#queue-list")).toMatch(/Ready\s+1/));
    await page.getByRole("button", { name: "Add three scores" }).click();
    await eventually(async () => expect(await textOf(page, "#board tbody")).toMatch(/1\s+charlie\s+1,700/));
    await page.getByRole("button", { name: "Read a product" }).click();
    await eventually(async () => expect(await textOf(page, "#read-numbers")).toMatch(/Misses\s+1/));
    await page.getByLabel("Channel or pattern").fill("user:*");
    await page.getByLabel("Channel or pattern").press("Enter");
    await page.getByRole("button", { name: "Publish a sample event" }).click();
    await eventually(async () => expect(await textOf(page, "#feed")).toContain("user:events"));
    expect(await page.locator(".empty:visible").allInnerTexts()).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it("shows an event within three seconds of its publishing, of whatever type, and what was published before", async () => {
    await dev.call("POST", "/v1/channels/live:orders/events", { data: { earlier: true } });
    const { page } = await open("live");
    const feed = page.locator("#feed");
    await feed.getByText("earlier").waitFor();
    const event = { data: { orderId: 7 }, type: "order-paid", key: "order-7" };
    await dev.call("POST", "/v1/channels/live:orders/events", event);
    await feed.getByText("order-paid · order-7").waitFor({ timeout: 3_000 });
    expect(await feed.locator("li").first().innerText()).toContain('{"orderId":7}');
  });

  it("goes on behind the last event where the stream ends, and says where events are missing", async () => {
    const streams = [
      streamed("1-0", "first"),
      `event: gap\ndata: {"after":"1-0","first":"7-0"}\n\n${streamed("7-0", "seventh")}`,
    ];
    const { page } = await openPage(browser, dev.url, { kept: namesOf("ends") });
    // What the page asks for before is not to be answered by these.
    await page.goto("about:blank");
    const asked: string[] = [];
    await page.route("**/v1/channels/**", (route) => {
      const body = streams[asked.length] ?? "";
      asked.push(new URL(route.request().url()).search);
      return route.fulfill({ contentType: "text/event-stream", body });
    });
    await page.goto(dev.url);
    await page.locator("#feed").getByText("seventh").waitFor();
    expect(await page.locator("#feed li").allInnerTexts()).toEqual([
      expect.stringContaining("seventh"),
      expect.stringContaining("Events are missing here"),
      expect.stringContaining("first"),
    ]);
    await eventually(() => expect(asked.slice(1, 3)).toEqual(["?after=1-0", "?after=7-0"]));
  });

  it("draws nothing while it is paused, and then all that came", async () => {
    const { page } = await open("paused");
    await page.getByRole("button", { name: "Pause updates" }).click();
    const before = await textOf(page, "#price-numbers");
    await dev.call("POST", "/v1/channels/paused:a/events", { data: "meanwhile" });
    await dev.call("POST", "/v1/channels/paused:a/events", { data: "and this" });
    // What another page sees, this one has got as well.
    const other = await open("paused");
    await other.page.locator("#feed").getByText("and this").waitFor();
    expect(await page.locator("#feed li").count()).toBe(0);
    expect(await textOf(page, "#price-numbers")).toBe(before);
    await page.getByRole("button", { name: "Pause updates" }).click();
    await page.locator("#feed").getByText("and this").waitFor();
    expect(await page.locator("#feed li").count()).toBe(2);
  });

  it("publishes, counts, sends, receives and scores", async () => {
    const { page, complaints } = await open("acts");
    expect(
      await send(page, "#publish", "Publish", { Channel: "acts:a", "Data, as JSON": '{"by": "hand"}' }),
    ).toMatch(/^Published \d+-\d+\. \d trips?, \d+ commands\.$/);
    await page.locator("#feed").getByText('{"by":"hand"}').waitFor({ timeout: 3_000 });

    expect(await send(page, "#increment", "Count", { Add: "41" })).toMatch(
      /^Now 41\. \d trips?, \d commands\.$/,
    );
    await eventually(async () => expect(await textOf(page, "#chart-summary")).toContain("41 of it"));
    await page.getByText("As a table").click();
    expect(await page.locator("#chart tbody tr").first().innerText()).toMatch(/\d\d:\d\d\s+41/);

    expect(await send(page, "#send", "Send", { "Body, as JSON": '"a task"' })).toMatch(/^Sent to acts\./);
    await page.getByRole("button", { name: "Receive one acts" }).click();
    await page.locator("#held-list").getByText('"a task"').waitFor();
    await page.locator("#held-list").getByRole("button", { name: /^Done/ }).click();
    await eventually(async () => expect(await textOf(page, "#queue-outcome")).toMatch(/^Done, and gone\./));
    expect(await dev.call("GET", "/v1/queues/acts")).toMatchObject({ ready: 0, inFlight: 0 });

    expect(await send(page, "#score", "Add score", { Member: "ada", Score: "12.5" })).toMatch(
      /^ada has rank 1, with 12\.5\./,
    );
    await eventually(async () => expect(await textOf(page, "#board tbody")).toMatch(/1\s+ada\s+12\.5/));
    expect(complaints).toEqual([]);
  });

  it("tells hits from misses, and that a changed price is read anew", async () => {
    const { page } = await open("cache");
    expect(await send(page, "#product", "Read", { Product: "77" })).toMatch(
      /^Miss\. \d trips?, \d+ commands\.$/,
    );
    expect(await send(page, "#product", "Read")).toMatch(/^Hit\. 1 trip, \d commands?\.$/);
    expect(await send(page, "#product", "Change price", { Price: "12.34" })).toMatch(/^Changed/);
    expect(await send(page, "#product", "Read")).toMatch(/^Miss\./);
    expect(await textOf(page, "#read-numbers")).toMatch(/Hits\s+1\s+Misses\s+2/);
    expect(await textOf(page, "#product-price")).toBe("12.34");
  });

  it("takes from a limit, looks at it without taking, and says when it refuses", async () => {
    const { page } = await open("limits");
    const left = () => textOf(page, "#limit-list li:has(:text('browser')) > :last-child");
    const fields = { Name: "browser", May: "2", For: "user:1" };
    expect(await send(page, "#limit", "Take 1", fields)).toMatch(/^May pass\./);
    expect(await send(page, "#limit", "Look")).toMatch(/^Looked at\./);
    expect(await left()).toMatch(/^1 of 2 left/);
    expect(await send(page, "#limit", "Take 1")).toMatch(/^May pass\./);
    expect(await left()).toMatch(/^0 of 2 left/);
    expect(await send(page, "#limit", "Take 1")).toMatch(/^Refused, and nothing taken\./);
  });

  it("makes a webhook, shows its secret once and its outcomes, pauses it and takes it up again", async () => {
    const { page } = await open("hooks");
    const subscriptions = panel(page, "Subscriptions");
    await page.getByText("New webhook").click();
    const said = await send(page, "#subscribe", "Subscribe", { Pattern: "hooks:*", URL: receiver.url });
    expect(said).toMatch(/signed with whsec_\S+, which is shown this once/);
    const item = subscriptions.getByRole("listitem").filter({ hasText: "hooks:*" }).first();
    await item.getByText("active").waitFor();
    await send(page, "#publish", "Publish", { Channel: "hooks:a" });
    await eventually(async () => {
      const { items } = (await dev.call("GET", "/v1/subscriptions")) as {
        items: { pattern: string; delivered: number }[];
      };
      expect(items.find(({ pattern }) => pattern === "hooks:*")?.delivered).toBe(1);
    });
    await item.getByRole("button", { name: /^Pause/ }).click();
    await item.getByText("paused", { exact: true }).waitFor();
    expect(await item.innerText()).toMatch(/Delivered\s+1/);
    expect(await item.locator(".marks li").count()).toBe(1);
    await item.getByRole("button", { name: /^Resume/ }).click();
    await item.getByText("active", { exact: true }).waitFor();

    page.once("dialog", (dialog) => void dialog.dismiss());
    await item.getByRole("button", { name: /^Delete/ }).click();
    await page.getByText("Not deleted.").waitFor();
    page.once("dialog", (dialog) => void dialog.accept());
    await item.getByRole("button", { name: /^Delete/ }).click();
    await item.waitFor({ state: "detached" });
  });

  it("gives dead messages and dead letters another try", async () => {
    await dev.call("PUT", "/v1/queues/dead", { maxAttempts: 1 });
    await dev.call("POST", "/v1/queues/dead/messages", { body: "hopeless" });
    const received = (await dev.call("POST", "/v1/queues/dead/receive", {})) as {
      messages: { receipt: string }[];
    };
    const path = `/v1/queues/dead/messages/${received.messages[0]?.receipt}`;
    await dev.call("PATCH", path, { visibilitySeconds: 0 });
    const { page } = await open("dead");
    await page.getByRole("button", { name: "Try dead ones again dead" }).click();
    await eventually(async () => expect(await textOf(page, "#queue-list")).toMatch(/Ready\s+1[^]*Dead\s+0/));

    // A letter is dead after eight attempts, which take more than a day: this answer stands for them.
    const subscription = {
      id: "failing",
      pattern: "shop:*",
      url: "https://example.com/",
      status: "active",
      lag: 0,
      delivered: 0,
      failed: 0,
      dead: 2,
      missed: 0,
      lastDeliveryAt: null,
    };
    await page.route("**/v1/subscriptions?*", (route) =>
      route.fulfill({ json: { items: [subscription], next: null } }),
    );
    await page.route("**/v1/subscriptions/failing/dead/replay", (route) =>
      route.fulfill({ json: { replayed: 2 } }),
    );
    await page.reload();
    await page.getByRole("button", { name: "Replay 2 dead letters" }).click();
    await page.getByText("2 dead letters replayed.").waitFor();
  });

  it("says at the place of an action what was wrong with it", async () => {
    const { page } = await open("wrong");
    expect(await send(page, "#publish", "Publish", { "Data, as JSON": "no JSON" })).toMatch(/is not JSON/);
    expect(await send(page, "#publish", "Publish", { Channel: "no channel", "Data, as JSON": "1" })).toMatch(
      /^The request is not valid\. channel: must be 1 to 128/,
    );
  });
});
