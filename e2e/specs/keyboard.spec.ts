// The dispatcher's hour without a mouse.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { form } from "../src/acts.ts";
import { ready, signIn, Stage } from "../src/stage.ts";
import { person } from "../src/town.ts";

let stage: Stage;
before(async () => { stage = await Stage.open(); });
after(() => stage.close());

test("the first tab stop skips to the page, and the focus can be seen", async () => {
  const desk = await stage.desk();
  await desk.goto("/report");
  await desk.keyboard.press("Tab");
  assert.equal(await desk.evaluate(() => document.activeElement?.getAttribute("href")), "#main");
  const shown = await desk.evaluate(() => {
    const box = document.activeElement?.getBoundingClientRect();
    return box !== undefined && box.top >= 0 && box.left >= 0 && box.width > 1;
  });
  assert.ok(shown, "the skip link shows itself when it has the focus");
});

test("the queue is walked, help is shown, a case is opened by keys alone", async () => {
  const desk = await stage.desk();
  await signIn(desk, person("dispatcher"));
  await desk.goto("/cases");
  await ready(desk);
  await desk.keyboard.press("?");
  await desk.locator('dialog[data-role="keys-help"][open]').waitFor();
  await desk.keyboard.press("Escape");
  await desk.keyboard.press("j");
  await desk.keyboard.press("j");
  await desk.keyboard.press("k");
  const current = desk.locator('[data-role="rows"] [aria-current="true"]');
  assert.equal(await current.count(), 1);
  const wanted = await current.getAttribute("data-case");
  await desk.keyboard.press("Enter");
  await desk.waitForURL((url) => url.pathname === `/cases/${wanted}`);
  await desk.goBack();
  await ready(desk);
  await desk.keyboard.press("/");
  assert.ok(await desk.evaluate(() => document.activeElement?.matches("input[type=search], [data-role=search]")));
  stage.quiet();
});

test("a row that is walked to before the map has its style is no trouble to it", async () => {
  const desk = await stage.desk();
  await signIn(desk, person("dispatcher"));
  // That is one frame long; no hand would meet it twice.
  await desk.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (document.querySelector(".maplibregl-canvas") === null) return;
      observer.disconnect();
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "j", bubbles: true }));
    }).observe(document, { childList: true, subtree: true });
  });
  await desk.goto("/cases");
  await desk.locator('[data-role="rows"] [aria-current="true"]').waitFor();
  await desk.locator('.is-open [data-role="map-note"]:empty').waitFor({ state: "attached" });
  stage.quiet();
});

/** Walks the queue down to a row that offers `key`, and answers with its case. */
async function walkTo(desk: Page, key: string): Promise<string> {
  const offering = desk.locator(`[data-role="rows"] [data-case]:has([data-key="${key}"])`);
  const wanted = await offering.first().getAttribute("data-case");
  assert.ok(wanted, `a case in the queue offers ${key}`);
  const current = desk.locator('[data-role="rows"] [aria-current="true"]');
  do {
    await desk.keyboard.press("j");
  } while ((await current.getAttribute("data-case")) !== wanted);
  return wanted;
}

/** The name of the field that has the focus, and the command of the form that it is in. */
function focused(desk: Page): Promise<{ name: string | null; command: string }> {
  return desk.evaluate(() => {
    const { activeElement } = document;
    const action = activeElement?.closest("form")?.getAttribute("action") ?? "";
    return { name: activeElement?.getAttribute("name") ?? null, command: action.split("/").pop() ?? "" };
  });
}

/** Goes on with the tab key until a button of the form has the focus, and presses it. */
async function sendByKeys(desk: Page, command: string): Promise<void> {
  for (let stop = 0; stop < 40; stop += 1) {
    const there = await desk.evaluate((command) => document.activeElement?.matches(
      `form[action$="/${command}"] .q-actions:last-of-type button:not([name])`) ?? false, command);
    if (there) {
      const answered = desk.waitForResponse((answer) => answer.request().method() === "POST"
        && new URL(answer.url()).pathname.endsWith(`/${command}`));
      const loaded = desk.waitForEvent("load");
      await desk.keyboard.press("Enter");
      assert.ok((await answered).status() < 400, command);
      await loaded;
      return;
    }
    await desk.keyboard.press("Tab");
  }
  assert.fail(`the button of ${command} is not reached by the tab key`);
}

test("a case is filed by its key, and undone by another", async () => {
  const desk = await stage.desk();
  await signIn(desk, person("dispatcher"));
  await desk.goto("/cases?state=reported");
  await ready(desk);
  // What was given a matter by its reporter is filed at once; the rest is asked about on its own page.
  const ids = await desk.locator('[data-role="rows"] [data-case]').evaluateAll((rows) =>
    rows.map((row) => row.querySelector('form[action$="/file"]') === null ? null : row.getAttribute("data-case")));
  const at = ids.findIndex((id) => id !== null);
  assert.ok(at >= 0, "the demonstration has reports with a matter");
  const current = desk.locator('[data-role="rows"] [aria-current="true"]');
  do {
    await desk.keyboard.press("j");
  } while ((await current.getAttribute("data-case")) !== ids[at]);
  await desk.keyboard.press("f");
  await desk.locator('[data-module="undo"]').waitFor();
  await ready(desk);
  assert.equal(await desk.locator(`[data-case="${ids[at]}"]`).count(), 0, "it waits no longer");
  await desk.keyboard.press("u");
  await desk.locator(`[data-case="${ids[at]}"]`).waitFor();
  stage.quiet();
});

test("a case is filed and dispatched on its own page by keys alone", async () => {
  const desk = await stage.desk();
  await signIn(desk, person("dispatcher"));
  await desk.goto("/cases?state=reported");
  await ready(desk);
  const id = await walkTo(desk, "f");
  await desk.keyboard.press("Enter");
  await desk.waitForURL((url) => url.pathname === `/cases/${id}`);
  await ready(desk);
  await desk.keyboard.press("f");
  assert.deepEqual(await focused(desk), { name: "matter", command: "file" });
  // Letters are letters in a field, and what stood there gives way to what is typed.
  const matter = form(desk, "file").locator('[name="matter"]');
  await desk.keyboard.type("ff");
  assert.equal(await matter.inputValue(), "ff");
  await desk.keyboard.press("Control+a");
  await desk.keyboard.type("matter-06-012");
  await sendByKeys(desk, "file");
  await ready(desk);
  await desk.keyboard.press("d");
  assert.deepEqual(await focused(desk), { name: "lead", command: "dispatch" });
  if ((await desk.locator('[name="lead"]').inputValue()) === "") await desk.keyboard.press("ArrowDown");
  await sendByKeys(desk, "dispatch");
  await desk.locator('[data-module="undo"]').waitFor();
  await ready(desk);
  await desk.keyboard.press("u");
  await desk.waitForLoadState("load");
  await desk.locator('summary[data-key="d"]').waitFor();
  stage.quiet();
});

test("from the queue, dispatch and merge open where they are filled in", async () => {
  const desk = await stage.desk();
  await signIn(desk, person("dispatcher"));
  await desk.goto("/cases?state=reported");
  await ready(desk);
  const direct = await desk.locator('[data-role="rows"] form[action$="/file"]').first().getAttribute("action");
  await desk.locator(`[data-role="rows"] form[action="${direct}"] button`).focus();
  await desk.keyboard.press("f");
  await desk.locator('[data-module="undo"]').waitFor();
  for (const [key, command, state] of [["m", "merge", "reported"], ["d", "dispatch", "filed"]] as const) {
    await desk.goto(`/cases?state=${state}`);
    await ready(desk);
    const id = await walkTo(desk, key);
    await desk.keyboard.press(key);
    await desk.waitForURL((url) => url.pathname === `/cases/${id}`);
    await ready(desk);
    await desk.waitForFunction(() => document.activeElement?.closest("details[open]") !== null);
    assert.equal((await focused(desk)).command, command);
  }
  stage.quiet();
});

test("rows are ticked, and the help names every key that the queue offers", async () => {
  const desk = await stage.desk();
  await signIn(desk, person("dispatcher"));
  await desk.goto("/cases");
  await ready(desk);
  await desk.keyboard.press("j");
  await desk.keyboard.press("x");
  assert.equal(await desk.locator('[data-role="tick"]:checked').count(), 1);
  await desk.keyboard.press("x");
  assert.equal(await desk.locator('[data-role="tick"]:checked').count(), 0);
  const offered = await desk.locator("main [data-key]").evaluateAll((elements) =>
    [...new Set(elements.map((element) => element.getAttribute("data-key") ?? ""))]);
  const named = await desk.locator('[data-role="keys-help"] kbd').allTextContents();
  assert.deepEqual(offered.filter((key) => !named.includes(key)), []);
  await desk.keyboard.press("n");
  await desk.waitForURL((url) => url.pathname === "/cases/new");
  stage.quiet();
});
