// The API's reference: all operations, requests that can be tried, nothing from elsewhere.

import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { readOpenApi } from "../functions/support/openapi.ts";
import { eventually, openPage, type PageOptions, startChromium } from "./chromium.ts";
import { type Dev, startDev } from "./dev.ts";

let dev: Dev;
let browser: Browser;

beforeAll(async () => {
  [dev, browser] = await Promise.all([startDev(), startChromium()]);
});

afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
});

afterAll(() => Promise.all([browser.close(), dev.close()]));

async function open(hash = "", options: PageOptions = {}) {
  const opened = await openPage(browser, `${dev.url}/docs${hash}`, options);
  await opened.page.locator("#parts section").last().waitFor();
  return opened;
}

/** Sends the form of the operation that the URL names. @returns what came of it, in a line */
async function send(page: Page, fields: Record<string, string> = {}): Promise<string> {
  const form = page.locator("details[open] form.try");
  for (const [label, value] of Object.entries(fields))
    await form.getByLabel(label, { exact: true }).fill(value);
  await form.getByRole("button", { name: "Send" }).click();
  await eventually(async () => expect(await form.locator("output").innerText()).toMatch(/\w/));
  return form.locator("output").innerText();
}

const answer = (page: Page) => page.locator("details[open]").getByRole("group", { name: "Body" });
const curl = (page: Page) => page.getByRole("group", { name: "The call for a shell" });

describe("/docs", () => {
  it("lists every operation of /openapi.json, and what a webhook's receiver is sent", async () => {
    const { paths, webhooks } =
      readOpenApi<Record<"paths" | "webhooks", Record<string, Record<string, { operationId: string }>>>>();
    const { page, complaints } = await open();
    const ids = [paths, webhooks].flatMap((all) =>
      Object.values(all).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId)),
    );
    const shown = await page.locator("details.operation").evaluateAll((all) => all.map(({ id }) => id));
    expect(new Set(shown)).toEqual(new Set(ids));
    const links = await page
      .locator("#links a")
      .evaluateAll((all) => all.map((link) => link.getAttribute("href")));
    expect(links).toEqual(shown.map((id) => `#${id}`));
    expect(complaints).toEqual([]);
  });

  it("opens each operation without a complaint, and with its answers", async () => {
    const { page, complaints } = await open();
    const operations = page.locator("details.operation");
    await operations.evaluateAll((all) => all.forEach((details) => details.setAttribute("open", "")));
    const answered = operations.filter({ has: page.locator(".answer-line") });
    await eventually(async () => expect(await answered.count()).toBe(await operations.count()));
    expect(await page.getByText("undefined").count()).toBe(0);
    expect(await page.getByText("[object").count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it("finds operations by words, and says how many", async () => {
    const { page } = await open();
    await page.getByLabel("Find").fill("leaderboard remove");
    await page.getByText("2 operations found").waitFor();
    expect(
      await page.locator("details.operation:visible").evaluateAll((all) => all.map(({ id }) => id)),
    ).toEqual(["removeLeaderboard", "removeMember"]);
    await page.getByLabel("Find").fill("");
    await page.locator("#listProducts").waitFor();
  });
});

it("says so where the description cannot be read", async () => {
  const { page } = await openPage(browser, "about:blank");
  await page.route("**/openapi.json", (route) => route.fulfill({ status: 503 }));
  await page.goto(`${dev.url}/docs`);
  await page.getByRole("alert").waitFor();
  expect(await page.getByRole("alert").innerText()).toContain("cannot be read");
});

describe("a request that is tried", () => {
  it("that reads is answered, with its price", async () => {
    const { page, complaints } = await open("#getProduct");
    expect(await send(page)).toMatch(/^200 OK · \d+ ms · \d trips?, \d+ commands?$/);
    expect(JSON.parse(await answer(page).innerText())).toMatchObject({ id: 1, price: expect.any(Number) });
    expect(await curl(page).innerText()).toBe(`curl '${dev.url}/v1/products/1'`);
    expect(complaints).toEqual([]);
  });

  it("that writes has the development key and an example's body", async () => {
    const { page, complaints } = await open("#incrementCounter");
    expect(await send(page, { name: "tried", Body: '{ "by": 41 }' })).toMatch(/^200 OK/);
    expect(JSON.parse(await answer(page).innerText())).toEqual({ name: "tried", value: 41 });
    expect(await dev.call("GET", "/v1/counters/tried")).toEqual({ name: "tried", value: 41 });
    expect((await curl(page).innerText()).replaceAll(" \\\n ", "")).toBe(
      `curl '${dev.url}/v1/counters/tried/increments' -H 'Authorization: Bearer sedge-local' -H 'Content-Type: application/json' -d '{"by":41}'`,
    );
    expect(complaints).toEqual([]);
  });

  it("signs in, and is who signed in from then on", async () => {
    const person = { email: "docs@example.com", name: "Docs", password: "correct horse battery" };
    await dev.call("POST", "/v1/users", person);
    const { page } = await open("#signIn");
    expect(
      await send(page, { Body: JSON.stringify({ email: person.email, password: person.password }) }),
    ).toMatch(/^201/);
    await page.goto(`${dev.url}/docs#getSession`);
    await page.reload();
    expect(await send(page)).toMatch(/^200/);
    expect(JSON.parse(await answer(page).innerText())).toMatchObject({ user: { name: "Docs" } });
  });

  it("follows events as they come, until it is stopped", async () => {
    const { page, complaints } = await open("#readEvents");
    const form = page.locator("details[open] form.try");
    await form.getByLabel("Answer as").selectOption("text/event-stream");
    expect(await send(page, { channel: "docs:*" })).toMatch(/^200/);
    await eventually(async () => {
      await dev.call("POST", "/v1/channels/docs:a/events", { data: "seen in the reference" });
      expect(await answer(page).innerText()).toContain('"data":"seen in the reference"');
    }, 500);
    await form.getByRole("button", { name: "Stop" }).click();
    await form.getByText(/stopped$/).waitFor();
    expect(complaints).toEqual([]);
  });

  it("shows a refusal as it is, and never a key of one's own in what may be copied", async () => {
    const { page, urls } = await open("#getCounter");
    await page.getByLabel("API key").fill("a-secret-of-mine");
    expect(await send(page)).toMatch(/^401/);
    expect(JSON.parse(await answer(page).innerText())).toMatchObject({ detail: "The key is not known." });
    expect(await curl(page).innerText()).toContain('-H "Authorization: Bearer $KEY"');
    expect(await page.locator("body").innerText()).not.toContain("a-secret-of-mine");
    expect(urls.filter((url) => url.includes("a-secret-of-mine"))).toEqual([]);
    expect(await page.evaluate("JSON.stringify(localStorage)")).not.toContain("a-secret-of-mine");
  });
});

const SCREENS = [
  { width: 1_280, colorScheme: "light" },
  { width: 390, colorScheme: "dark" },
] as const;

it.each(SCREENS)("is accessible and fits at $width pixels, $colorScheme", async (screen) => {
  const { page, complaints } = await open("#checkLimits", screen);
  await send(page);
  for (const line of await page.locator("details[open] .answer-line summary").all()) await line.click();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(
    violations.map(({ id, impact, nodes }) => ({ id, impact, html: nodes.map(({ html }) => html) })),
  ).toEqual([]);
  expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
  expect(complaints).toEqual([]);
});

it("can be gone through by keyboard: a link leads to its operation, opened and in focus", async () => {
  const { page } = await open();
  await page.locator('#links a[href="#getQueue"]').focus();
  await page.keyboard.press("Enter");
  await page.locator("#getQueue[open]").waitFor();
  expect(await page.evaluate("document.activeElement.closest('details').id")).toBe("getQueue");
});
