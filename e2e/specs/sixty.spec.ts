// The dispatcher's hour: sixty cases come in, and every one of them is filed and given to a unit, with no mouse.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { ready, signIn, Stage } from "../src/stage.ts";
import { person } from "../src/town.ts";

const CASES = 60;
/** By which the cases of this hour are told from all others. */
const MARK = "六十件";

let stage: Stage;
before(async () => { stage = await Stage.open(); });
after(() => stage.close());

/** Reports by telephone, as a program writes them down. */
async function comeIn(desk: Page): Promise<void> {
  await desk.goto("/cases/new");
  const csrf = await desk.evaluate(() => document.body.dataset["csrf"] ?? "");
  for (let number = 1; number <= CASES; number += 1) {
    // Some hundred metres apart: none is another one's double.
    const [lng, lat] = [118.74 + (number % 10) * 0.003, 34.53 + Math.floor(number / 10) * 0.003];
    const answer = await desk.request.post("/cases", {
      headers: { accept: "application/json", "x-csrf-token": csrf },
      data: { words: `${MARK} ${number}`, matter: "matter-06-012", coordinates: `${lng},${lat}`, datum: "wgs84" },
    });
    assert.equal(answer.status(), 201, await answer.text());
  }
}

/** How many of them the queue holds in a state. */
async function held(desk: Page, state: string): Promise<number> {
  const answer = await desk.request.get(`/cases?q=${encodeURIComponent(MARK)}&state=${state}`, {
    headers: { accept: "application/json" },
  });
  const counts = (await answer.json()) as { rows: { state: string }[] };
  return counts.rows.filter((row) => row.state === state).length;
}

/** Presses the tab key until something of the form has the focus that matches. */
async function tabTo(desk: Page, selector: string): Promise<void> {
  for (let stop = 0; stop < 60; stop += 1) {
    if (await desk.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
    await desk.keyboard.press("Tab");
  }
  assert.fail(`${selector} is not reached by the tab key`);
}

/** Sends the form that has the focus, and waits for the page that follows. */
async function enter(desk: Page, command: string): Promise<void> {
  const answered = desk.waitForResponse((answer) => answer.request().method() === "POST"
    && new URL(answer.url()).pathname.endsWith(`/${command}`));
  const loaded = desk.waitForEvent("load");
  await desk.keyboard.press("Enter");
  assert.ok((await answered).status() < 400, command);
  await loaded;
  await ready(desk);
}

test("sixty cases are filed and dispatched by keys alone", async () => {
  const desk = await stage.desk();
  await desk.addInitScript(() => {
    addEventListener("pointerdown", () => { sessionStorage.setItem("mouse", "used"); }, { capture: true });
  });
  await signIn(desk, person("dispatcher"));
  await comeIn(desk);
  // They are found by their words some seconds after they came in.
  for (let look = 0; look < 30 && (await held(desk, "reported")) < CASES; look += 1) {
    await desk.waitForTimeout(1000);
  }
  await desk.evaluate(() => sessionStorage.clear());
  await desk.goto(`/cases?q=${encodeURIComponent(MARK)}&state=reported`);
  await ready(desk);
  await desk.keyboard.press("j");
  await desk.keyboard.press("Enter");
  await desk.waitForURL(/\/cases\/[0-9a-f-]{36}/);
  await ready(desk);
  for (let done = 0; done < CASES; done += 1) {
    const here = new URL(desk.url()).pathname;
    await desk.keyboard.press("f");
    await tabTo(desk, 'form[action$="/file"] input[name="matter"]');
    await enter(desk, "file");
    assert.equal(new URL(desk.url()).pathname, here, "filing stays on the case");
    await desk.keyboard.press("d");
    const lead = desk.locator('form[action$="/dispatch"] select[name="lead"]');
    if ((await lead.inputValue()) === "") await desk.keyboard.press("ArrowDown");
    await tabTo(desk, 'form[action$="/dispatch"] button[name="then"][value="next"]');
    await enter(desk, "dispatch");
  }
  assert.equal(await desk.evaluate(() => sessionStorage.getItem("mouse")), null, "no mouse was used");
  assert.equal(await held(desk, "dispatched"), CASES);
  assert.equal(await held(desk, "reported"), 0);
  stage.quiet();
});
