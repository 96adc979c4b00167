// A browser with phones and desks in it. Each has its own cookies, storage and place in town.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import {
  type Browser, type BrowserContext, type BrowserContextOptions, chromium, type LaunchOptions, type Page,
} from "playwright-core";
import { OUT, type SignIn, town } from "./town.ts";

/** Languages that every page is there in. */
export const LOCALES = ["zh", "en"] as const;
export type Locale = (typeof LOCALES)[number];

/** Sizes of screen that every job is done at: 390 × 844 and 1440 × 900. */
export const SIZES = ["phone", "desk"] as const;
export type Size = (typeof SIZES)[number];

/** What a phone or desk may differ in. */
export interface Habits {
  locale?: Locale;
  /** Off for people whose browser runs none. */
  script?: boolean;
  /** Where the page comes from, when not from the server itself (see `wire.ts`). */
  url?: string;
  /** Metres east of the town's place: reports a street apart are no duplicates. */
  eastMetres?: number;
}

const PHONE = { width: 390, height: 844 };
const DESK = { width: 1440, height: 900 };
const ANDROID = "Mozilla/5.0 (Linux; Android 13; 22101316C) AppleWebKit/537.36 (KHTML, like Gecko) "
  + "Chrome/120.0.0.0 Mobile Safari/537.36";
const HANDHELD = { viewport: PHONE, isMobile: true, hasTouch: true, deviceScaleFactor: 2, userAgent: ANDROID };
// A metre in degrees of longitude at the town's latitude (34.5°), by the sphere of 6,378,137 m.
const DEGREES_PER_METRE = 1.09e-5;
const PATIENCE_MS = 20_000;
// What a browser logs by itself when the line is cut on purpose, or when a form is refused on purpose.
const EXPECTED = [
  /net::ERR_/, /status of 4\d\d/, /Failed to fetch/, /NetworkError/,
  // Over plain HTTP by name, which one spec does on purpose.
  /Cross-Origin-Opener-Policy header has been ignored/,
];

/** The first that is there. Chromium without what it draws around a page costs half of the whole one. */
const BROWSERS = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];

/** How the browser is started; `more` for what one spec alone needs. */
function launch(more: readonly string[] = []): LaunchOptions {
  const executablePath = process.env["QIGE_CHROMIUM"] ?? BROWSERS.find(existsSync) ?? "chromium";
  const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage", ...more];
  return { executablePath, args, headless: true };
}

/** A browser and whom it serves. */
export class Stage {
  readonly #browser: Browser;
  readonly #contexts: BrowserContext[] = [];
  readonly #complaints: string[] = [];

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async open(more: readonly string[] = []): Promise<Stage> {
    return new Stage(await chromium.launch(launch(more)));
  }

  /** A mid-range Android phone, standing in town. */
  phone(habits: Habits = {}): Promise<Page> {
    return this.#page(habits, HANDHELD);
  }

  /** The same in a browser of its own, which can be closed and opened again: what it keeps lies in `folder`. */
  async phoneWith(folder: string, habits: Habits = {}): Promise<Page> {
    const options = { ...launch(), ...HANDHELD, ...told(habits) };
    return this.#watched(await chromium.launchPersistentContext(folder, options));
  }

  /** Either of them: everybody's job is done on both. */
  at(size: Size, habits: Habits = {}): Promise<Page> {
    return size === "phone" ? this.phone(habits) : this.desk(habits);
  }

  /** An office PC. */
  desk(habits: Habits = {}): Promise<Page> {
    return this.#page(habits, { viewport: DESK });
  }

  async #page(habits: Habits, options: BrowserContextOptions): Promise<Page> {
    return this.#watched(await this.#browser.newContext({ ...options, ...told(habits) }));
  }

  #watched(context: BrowserContext): Promise<Page> {
    context.setDefaultTimeout(PATIENCE_MS);
    this.#contexts.push(context);
    context.on("weberror", (event) => this.#complaints.push(`script: ${event.error().message}`));
    context.on("console", (message) => {
      const expected = EXPECTED.some((pattern) => pattern.test(message.text()));
      if (message.type() === "error" && !expected) this.#complaints.push(`console: ${message.text()}`);
    });
    return context.newPage();
  }

  /** Fails when any page so far complained: a script that broke, a policy that was breached. */
  quiet(): void {
    assert.deepEqual(this.#complaints.splice(0), []);
  }

  async close(): Promise<void> {
    await Promise.all(this.#contexts.map((context) => context.close()));
    await this.#browser.close();
  }
}

/** What the browser is told of somebody's habits. */
function told(habits: Habits): BrowserContextOptions {
  return {
    baseURL: habits.url ?? town.url,
    locale: habits.locale === "en" ? "en-GB" : "zh-CN",
    timezoneId: "Asia/Shanghai",
    javaScriptEnabled: habits.script ?? true,
    permissions: ["geolocation"],
    geolocation: {
      longitude: town.place.lng + (habits.eastMetres ?? 0) * DEGREES_PER_METRE,
      latitude: town.place.lat,
      accuracy: 12,
    },
  };
}

/** Signs somebody in by the form, and stands on their start page. */
export async function signIn(page: Page, who: SignIn): Promise<void> {
  await page.goto("/sign-in");
  await page.locator('main input[autocomplete~="username"]').fill(who.phone);
  await page.locator('main input[type="password"]').fill(who.password);
  await page.locator('main form:has(input[type="password"]) button[type="submit"], '
    + 'main form:has(input[type="password"]) button:not([type])').first().click();
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
}

/** How often a picture is tried: Chromium gives none of a page that it has not drawn yet. */
const EXPOSURES = 3;

/** A picture of the page, for people to look at; where nobody asked for any, none is taken. */
export async function picture(page: Page, name: string): Promise<void> {
  if (process.env["QIGE_E2E_PICTURES"] === undefined) return;
  for (let left = EXPOSURES - 1; ; left -= 1) {
    try {
      await page.screenshot({ path: path.join(OUT, `${name}.png`), fullPage: false, animations: "disabled" });
      return;
    } catch (problem) {
      if (left === 0 || !String(problem).includes("Unable to capture screenshot")) throw problem;
      await ready(page);
    }
  }
}

/** Waits until the islands of a page are attached. */
export async function ready(page: Page): Promise<void> {
  await page.waitForLoadState("load");
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0))));
}
