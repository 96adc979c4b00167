// What people do on the pages. Selectors are names that pages and islands share (frontend/ISLANDS.md), never words:
// the same steps run in every language.
import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import type { Photo } from "./photo.ts";
import { ready } from "./stage.ts";

/** What goes into the form on `/report`. */
export interface Noticed {
  words: string;
  photos?: Photo[];
  /** False leaves the choice to the dispatcher. */
  matter?: boolean;
}

/** Fills the report form and presses send. */
export async function report(page: Page, noticed: Noticed): Promise<void> {
  await page.goto("/report");
  await ready(page);
  const form = page.locator('form[action="/report"]');
  if (noticed.photos !== undefined) {
    await form.locator('[data-role="photo-input"]').first().setInputFiles(noticed.photos);
    // A person sees the photo before going on, and the page has found its place by then.
    await form.locator('[data-role="photos"] img').nth(noticed.photos.length - 1).waitFor();
  }
  if (noticed.matter !== false) await form.locator('input[name="matter"]').first().check({ force: true });
  await opened(form.locator('[name="words"]'));
  await form.locator('[name="words"]').fill(noticed.words);
  await form.locator('[data-role="send"]').click();
}

/** Waits until everything on this phone is delivered, and answers with the last report's address. */
export async function delivered(page: Page, count = 1): Promise<string> {
  const states = page.locator('[data-role="outbox-list"] [data-state="delivered"]');
  await page.waitForFunction(
    (count) => document.querySelectorAll('[data-role="outbox-list"] [data-state="delivered"]').length >= count,
    count,
  );
  const url = await states.last().locator('[data-slot="url"]').getAttribute("href");
  assert.ok(url, "a receipt names where the report can be followed");
  return url;
}

/** Opens the `<details>` that a control lies in, so that a person could reach it. */
export async function opened(control: Locator): Promise<void> {
  await control.first().evaluate((element) => {
    for (let at = element.closest("details"); at !== null; at = at.parentElement?.closest("details") ?? null) {
      at.open = true;
    }
  });
}

/** Values of a form by field name; files by name of their input. */
export type Fields = Record<string, string | boolean | Photo | Photo[]>;

/** The form of a command on the page. */
export function form(page: Page, command: string): Locator {
  return page.locator(`form[action$="/${command}"]`).first();
}

/** Fills the form of a command and sends it; the answer must be good. */
export async function act(page: Page, command: string, fields: Fields = {}): Promise<void> {
  const which = form(page, command);
  await opened(which);
  for (const [name, value] of Object.entries(fields)) await fill(which.locator(`[name="${name}"]`), value);
  const answered = page.waitForResponse((answer) => answer.request().method() === "POST"
    && new URL(answer.url()).pathname.endsWith(`/${command}`));
  // Named buttons say more than the form does (one matter at once, on to the next case); others are another form's.
  await which.locator('button:not([type="button"]):not([name]):not([form])').first().click();
  const answer = await answered;
  assert.ok(answer.status() < 400, `${command}: ${answer.status()} ${answer.url()}`);
  await page.waitForLoadState("load");
}

async function fill(field: Locator, value: Fields[string]): Promise<void> {
  if (typeof value === "object") {
    await field.first().setInputFiles(value);
    return;
  }
  const kind = await field.first().evaluate((element) => `${element.tagName} ${element.getAttribute("type") ?? ""}`);
  if (kind.startsWith("SELECT")) await field.first().selectOption(String(value));
  else if (kind === "INPUT radio") await field.and(field.page().locator(`[value="${String(value)}"]`)).check({ force: true });
  else if (kind === "INPUT checkbox" && typeof value === "string") {
    const one = field.and(field.page().locator(`[value="${value}"]`));
    await opened(one);
    await one.check({ force: true });
  } else if (kind === "INPUT checkbox") await field.first().setChecked(Boolean(value), { force: true });
  else await field.first().fill(String(value));
}

/** Reports are made findable every ten seconds. */
const FOUND_WITHIN_SECONDS = 20;

/** Looks a case up by its words where a list can be searched, opens it, and answers with its id. */
export async function openCase(page: Page, list: string, words: string): Promise<string> {
  const row = page.locator("[data-case]", { hasText: words }).first();
  const address = `${list}?q=${encodeURIComponent(words)}`;
  // What has just come in is found by its words some seconds later, as the page says.
  for (let look = 0; look < FOUND_WITHIN_SECONDS * 2 && !(await holds(page, address, words)); look += 1) {
    await page.waitForTimeout(500);
  }
  await page.goto(address);
  const id = await row.getAttribute("data-case");
  assert.ok(id, `${list} shows ${words}`);
  await open(page, row, words);
  return id;
}

/** Whether a list has a row with these words, asked without drawing the whole page. */
async function holds(page: Page, address: string, words: string): Promise<boolean> {
  const answer = await page.request.get(address, { headers: { accept: "application/json" } });
  const { rows, reports } = (await answer.json()) as { rows?: unknown[]; reports?: unknown[] };
  return JSON.stringify(rows ?? reports).includes(words);
}

/** Goes through a list page by page until it shows the case, and opens that. */
export async function openListed(page: Page, list: string, id: string, words: string): Promise<void> {
  await page.goto(list);
  const row = page.locator(`[data-case="${id}"]`);
  while ((await row.count()) === 0) {
    const next = page.locator('main a[rel="next"]').first();
    assert.ok((await next.count()) > 0, `${list} shows ${words}`);
    await next.click();
    await page.waitForLoadState("load");
  }
  await open(page, row, words);
}

async function open(page: Page, row: Locator, words: string): Promise<void> {
  await row.locator("a:has(strong)").first().click();
  await page.waitForURL((url) => url.pathname.split("/").some((part) => /^[0-9a-f-]{36}$/.test(part)));
  await page.getByText(words).first().waitFor();
}
