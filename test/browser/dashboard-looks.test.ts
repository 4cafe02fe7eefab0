// How the dashboard looks: to axe, on a telephone, in the dark, by keyboard; and that nothing it shows becomes markup.

import { AxeBuilder } from "@axe-core/playwright";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { eventually, openPage, type PageOptions, startChromium } from "./chromium.ts";
import { type Dev, startDev } from "./dev.ts";

let dev: Dev;
let browser: Browser;

beforeAll(async () => {
  [dev, browser] = await Promise.all([startDev(), startChromium()]);
  await fill();
});

afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
});

afterAll(() => Promise.all([browser.close(), dev.close()]));

async function open(names: Record<string, string>, options: PageOptions = {}) {
  const opened = await openPage(browser, dev.url, {
    kept: { "sedge.names": JSON.stringify(names) },
    ...options,
  });
  await opened.page.getByText("Live.").waitFor();
  await opened.page.getByText(/While you look/).waitFor();
  return opened;
}

const SCREENS = [1_280, 390].flatMap((width) =>
  (["light", "dark"] as const).map((colorScheme) => ({ width, colorScheme })),
);

const LONG = "a".repeat(128);

/** Something in each panel, names and data of the greatest length among it. */
async function fill(): Promise<void> {
  await dev.call("POST", `/v1/channels/full:${"b".repeat(120)}/events`, {
    data: { text: "c".repeat(500) },
    type: LONG,
  });
  await dev.call("POST", "/v1/counters/full/increments", { by: 9_007_199_254_740_000 });
  await dev.call("POST", "/v1/leaderboards/full/scores", { items: [{ member: LONG, score: -1_234_567.5 }] });
  await dev.call("PUT", "/v1/queues/full", { maxAttempts: 1 });
  await dev.call("POST", "/v1/queues/full/messages", {
    messages: Array.from({ length: 2 * SCREENS.length }, () => ({ body: "d".repeat(500) })),
  });
  await dev.call("POST", "/v1/subscriptions", {
    pattern: `full:${"e".repeat(120)}`,
    url: `http://127.0.0.1:9/${LONG}`,
  });
}
const FULL = { pattern: "full:*", counter: "full", queues: `full,${LONG}`, board: "full" };
const EMPTY = { pattern: "none", counter: "none", queues: "none", board: "none" };

describe.each(SCREENS)("$width pixels wide, $colorScheme", (screen) => {
  it.each([
    ["empty", EMPTY],
    ["full", FULL],
  ])("is accessible and not wider than the screen when it is %s", async (_, names) => {
    const { page, complaints } = await open(names, screen);
    if (names === FULL) {
      await page.locator("#feed li").first().waitFor();
      await page.getByText("As a table").click();
      await page.getByText("New webhook").click();
      await page.getByRole("button", { name: "Receive one full" }).click();
      await page.locator("#held-list li").first().waitFor();
      await page.locator("#product").getByRole("button", { name: "Read" }).click();
      await page.locator("#read-marks li").first().waitFor();
    }
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(
      violations.map(({ id, impact, nodes }) => ({ id, impact, html: nodes.map(({ html }) => html) })),
    ).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
    expect(complaints).toEqual([]);
  });
});

describe("by keyboard", () => {
  it("leads past the head to the panels, and shows where one stands", async () => {
    const { page } = await open(EMPTY);
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to the panels");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.name")).toBe("pattern");
    expect(await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")).toBe("solid");
  });

  it("does not lose its place when a list is drawn anew", async () => {
    await dev.call("POST", "/v1/queues/place/messages", { messages: [{ body: 1 }, { body: 2 }] });
    const { page } = await open({ ...EMPTY, queues: "place" });
    await page.getByRole("button", { name: "Receive one place" }).focus();
    await page.keyboard.press("Enter");
    await eventually(async () =>
      expect(await page.locator("#queue-list").innerText()).toMatch(/In flight\s+1/),
    );
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Receive one place");
  });
});

describe("markup in what the API answers", () => {
  const MARKUP = `<img src=x onerror="document.title='broken'"><b>bold</b>`;

  it("is text: in an event, a product's name, a message, a member's name and a problem", async () => {
    await dev.call("POST", "/v1/channels/markup:a/events", { data: { [MARKUP]: MARKUP } });
    await dev.call("POST", "/v1/queues/markup/messages", { body: MARKUP });
    const made = (await dev.call("POST", "/v1/products", { name: MARKUP, price: 1, category: "markup" })) as {
      id: number;
    };
    const { page, complaints } = await openPage(browser, dev.url, {
      kept: { "sedge.names": JSON.stringify({ pattern: "markup:*", queues: "markup", board: "markup" }) },
    });
    // No name may have markup today; the page does not lean on that.
    await page.route("**/v1/leaderboards/markup", (route) =>
      route.fulfill({ json: { board: "markup", total: 1, items: [{ rank: 1, member: MARKUP, score: 1 }] } }),
    );
    await page.reload();
    await page.locator("#feed li").first().waitFor();
    await page.locator("#board").getByText("bold").waitFor();
    await page.locator("#product").getByLabel("Product").fill(String(made.id));
    await page.locator("#product").getByRole("button", { name: "Read" }).click();
    await page.locator("#product-name").getByText("bold").waitFor();
    await page.getByRole("button", { name: "Receive one markup" }).click();
    await page.locator("#held-list").getByText("bold").waitFor();
    expect(complaints).toEqual([]);

    await page.route("**/v1/counters/*/increments", (route) =>
      route.fulfill({ status: 409, json: { title: MARKUP } }),
    );
    await page.locator("#increment").getByRole("button").click();
    await page.locator("#increment output").getByText("bold").waitFor();
    expect(await page.locator("main :is(img, b)").count()).toBe(0);
    expect(await page.title()).toBe("Sedge");
  });
});
