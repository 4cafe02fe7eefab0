// A Chromium, and pages in it that tell what they complain of.

import { type Browser, chromium, type Page } from "playwright-core";
import { vi } from "vitest";

/** Quiet: it asks nothing of its maker's servers. */
const ARGS = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-gpu",
  "--disable-sync",
  "--no-first-run",
];

/** The Chromium of this machine, which vitest.config.ts has found. */
export async function startChromium(): Promise<Browser> {
  const executablePath = process.env["CHROMIUM"];
  if (executablePath === undefined) throw new Error("Name a Chromium: CHROMIUM=/path/to/chromium");
  return chromium.launch({ executablePath, args: ARGS });
}

export interface PageOptions {
  /** In CSS pixels. 1280 */
  width?: number;
  /** What the person prefers. "light" */
  colorScheme?: "light" | "dark";
  /** What this browser has kept of an earlier visit, by its name in localStorage. */
  kept?: Readonly<Record<string, string>>;
  /** Whether its clock obeys `page.clock`; it goes on by itself, too. */
  clock?: boolean;
}

export interface Opened {
  page: Page;
  /** Errors and warnings of the console, exceptions, and requests to another origin: none, where all is well. */
  complaints: string[];
  /** Every URL it has asked for. */
  urls: string[];
}

/** Opens a URL in a browser window of its own: nothing is shared with another one's. */
export async function openPage(
  browser: Browser,
  url: string,
  { width = 1_280, colorScheme = "light", kept = {}, clock = false }: PageOptions = {},
): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
  const script = Object.entries(kept).map(
    ([name, text]) => `localStorage.setItem(${JSON.stringify(name)}, ${JSON.stringify(text)});`,
  );
  // Once: what the page keeps itself stays.
  await context.addInitScript(`if (localStorage.length === 0) { ${script.join("")} }`);
  const page = await context.newPage();
  if (clock) await page.clock.install();
  const complaints: string[] = [];
  const urls: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    urls.push(request.url());
    if (new URL(request.url()).origin !== new URL(url).origin) complaints.push(request.url());
  });
  await page.goto(url);
  return { page, complaints, urls };
}

/** Waits until a check does not throw. */
export const eventually = (check: () => Promise<void> | void, intervalMs = 50): Promise<unknown> =>
  vi.waitFor(check, { timeout: 15_000, interval: intervalMs });
