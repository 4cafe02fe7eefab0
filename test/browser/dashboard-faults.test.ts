// The dashboard of a Worker that is not a developer's: it asks for a key. And of one whose Redis goes away.

import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Sedge, startSedge } from "../e2e/harness.ts";
import { eventually, openPage, startChromium } from "./chromium.ts";

let sedge: Sedge;
let browser: Browser;
let url: string;

beforeAll(async () => {
  [sedge, browser] = await Promise.all([startSedge(), startChromium()]);
  url = sedge.url.href;
});

afterEach(async () => {
  sedge.redis.mode = "pass";
  for (const context of browser.contexts()) await context.close();
});

afterAll(() => Promise.all([browser.close(), sedge.close()]));

async function enter(page: Page, key: string): Promise<void> {
  await page.getByLabel("API key").fill(key);
  await page.getByRole("button", { name: "Open the dashboard" }).click();
}

/** Opens the page and signs in. */
async function open(options: Parameters<typeof openPage>[2] = {}) {
  const opened = await openPage(browser, url, options);
  await enter(opened.page, sedge.key);
  await opened.page.getByText(/While you look/).waitFor();
  return opened;
}

const storedIn = (page: Page, store: string) => page.evaluate<string>(`JSON.stringify(${store})`);

describe("a Worker that does not know the development key", () => {
  it("is asked for a key, refuses a wrong one in words, and opens with a right one", async () => {
    const { page } = await openPage(browser, url);
    await page.getByText("A key, please").waitFor();
    expect(await page.locator("#panels").isVisible()).toBe(false);
    expect(await page.evaluate("document.activeElement.id")).toBe("gate-key");
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await enter(page, "wrong");
    await page.getByText("The key is not known.").waitFor();
    await enter(page, sedge.key);
    await page.getByText(/While you look/).waitFor();
    expect(await page.locator("#gate").isVisible()).toBe(false);
  });

  it("keeps the key for the tab alone: in no URL, no cookie, and nowhere else", async () => {
    const { page, urls } = await open();
    await page.getByText("Live.").waitFor();
    await page.reload();
    await page.getByText(/While you look/).waitFor();
    expect(urls.length).toBeGreaterThan(20);
    expect(urls.filter((asked) => asked.includes(sedge.key))).toEqual([]);
    expect(await storedIn(page, "localStorage")).not.toContain(sedge.key);
    expect(await page.context().cookies()).toEqual([]);

    const other = await page.context().newPage();
    await other.goto(url);
    await other.getByText("A key, please").waitFor();
  });

  it("forgets the key when another is wanted", async () => {
    const { page } = await open();
    await page.getByRole("button", { name: "Change key" }).click();
    await page.getByText("A key, please").waitFor();
    expect(await storedIn(page, "sessionStorage")).not.toContain(sedge.key);
  });

  it("asks again where a key is not known any more", async () => {
    const { page } = await open();
    await page.evaluate(`sessionStorage.setItem("sedge.key", "was-taken-back")`);
    await page.reload();
    await page.getByText("The key is not known any more.").waitFor();
    expect(await page.locator("#panels").isVisible()).toBe(false);
  });
});

describe("a Redis that goes away", () => {
  it("is shown, with the last values and since when they hold; it is shown again when it is back", async () => {
    const { page } = await open({ clock: true, kept: { "sedge.names": '{"counter":"away"}' } });
    await page.getByRole("button", { name: "Count one" }).click();
    await eventually(async () => expect(await page.locator("#total").innerText()).toBe("1"));

    sedge.redis.mode = "refuse";
    await page.clock.fastForward(11_000);
    await eventually(async () =>
      expect(await page.locator("#health").innerText()).toMatch(/Redis\s+away\s+D1\s+answers/),
    );
    expect(await page.locator("#trouble").innerText()).toMatch(/^Redis is away\. What you see is as it was/);
    expect(await page.getByRole("status").first().innerText()).toMatch(/^Redis is away/);
    expect(await page.title()).toBe("Redis is away · Sedge");
    expect(await page.locator("#counters .state").innerText()).toMatch(
      /^As of \d\d:\d\d:\d\d\. Redis is away\.$/,
    );
    expect(await page.locator("#total").innerText()).toBe("1");
    await page.locator("#increment").getByRole("button").click();
    await page.locator("#increment output").getByText("Redis is needed and away").waitFor();

    sedge.redis.mode = "pass";
    // Each try is a round: the Worker's breaker lets none through at first. Less than what its calls may take at most.
    await eventually(async () => {
      await page.clock.fastForward(10_000);
      expect(await page.locator("#health").innerText()).toMatch(/Redis\s+answers/);
      expect(await page.locator("#counters .state").innerText()).toBe("");
    }, 500);
    await page.getByText("Live.").waitFor();
    expect(await page.locator("#trouble").isVisible()).toBe(false);
    expect(await page.title()).toBe("Sedge");
    await sedge.send("POST", "/v1/channels/away:a/events", { data: "back again" });
    await page.locator("#feed").getByText("back again").waitFor({ timeout: 3_000 });
  });
});

/** As if the person went to another tab, or came back. */
const setHidden = (page: Page, isHidden: boolean) =>
  page.evaluate(`
    Object.defineProperty(document, "hidden", { configurable: true, value: ${isHidden} });
    document.dispatchEvent(new Event("visibilitychange"));
  `);

const polls = (urls: readonly string[]) => urls.filter((asked) => asked.endsWith("/readyz")).length;

describe("what the page asks by itself", () => {
  it("is asked every ten seconds, more seldom while it fails, and not at all while it is paused or nobody looks", async () => {
    const { page, urls } = await open({ clock: true });
    const from = polls(urls);
    await page.clock.fastForward(5_000);
    expect(polls(urls)).toBe(from);
    await page.clock.fastForward(6_000);
    await eventually(() => expect(polls(urls)).toBe(from + 1));

    sedge.redis.mode = "refuse";
    await page.clock.fastForward(11_000);
    await page.locator("#trouble").waitFor();
    const failing = polls(urls);
    await page.clock.fastForward(6_000);
    await eventually(() => expect(polls(urls)).toBe(failing + 1));
    await page.clock.fastForward(6_000);
    expect(polls(urls)).toBe(failing + 1);
    await page.clock.fastForward(5_000);
    await eventually(() => expect(polls(urls)).toBe(failing + 2));

    await page.getByRole("button", { name: "Pause updates" }).click();
    await page.clock.fastForward(120_000);
    expect(polls(urls)).toBe(failing + 2);

    await setHidden(page, true);
    await page.getByRole("button", { name: "Pause updates" }).click();
    await page.clock.fastForward(120_000);
    expect(polls(urls)).toBe(failing + 2);
    await setHidden(page, false);
    await eventually(() => expect(polls(urls)).toBe(failing + 3));
  });

  it("has its price told: requests and commands of a round, and a minute", async () => {
    const { page } = await open();
    expect(await page.locator("#price-polling").innerText()).toMatch(
      /^While you look, it asks every 10 s: 6 requests and \d+ commands, \d+ commands a minute\./,
    );
    expect(await page.locator("#calls-polled").innerText()).toMatch(/GET \/readyz\s+1\s+1\s+[\d.]+/);
  });

  it("is not asked for again where the key may not see it", async () => {
    const { page, urls } = await openPage(browser, url, { clock: true });
    await page.route("**/v1/queues/mails", (route) =>
      route.fulfill({
        status: 403,
        json: { title: "The caller may not do this", detail: "The key needs the scope queues:read." },
      }),
    );
    await enter(page, sedge.key);
    await page.getByText("The key needs the scope queues:read.").waitFor();
    const asked = () => urls.filter((one) => one.endsWith("/v1/queues/mails")).length;
    const before = [asked(), polls(urls)] as const;
    await page.clock.fastForward(11_000);
    await eventually(() => expect(polls(urls)).toBe(before[1] + 1));
    await page.getByText(/While you look, it asks every 10 s: 5 requests/).waitFor();
    expect(asked()).toBe(before[0]);
  });
});
