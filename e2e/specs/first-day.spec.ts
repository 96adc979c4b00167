// An administrator's first day: the guided set-up on a server that has nothing.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { accessible } from "../src/axe.ts";
import { LOCALES, picture, ready, signIn, Stage } from "../src/stage.ts";
import { OUT } from "../src/town.ts";

const PROGRAM = process.env["QIGE_PROGRAM"] ?? path.join(OUT, "../../target/debug/qige");
const PASSWORDS = { tenant_admin: "a street with trees", security_admin: "another street with trees" };

let stage: Stage;
before(async () => { stage = await Stage.open(); });
after(() => stage.close());

/** A server with nothing in it, and the code that the set-up asks for. */
async function serveNothing(folder: string): Promise<{ server: ChildProcess; url: string; code: string }> {
  const spare = createServer().listen(0, "127.0.0.1");
  await once(spare, "listening");
  const address = spare.address();
  spare.close();
  assert.ok(address !== null && typeof address === "object");
  const url = `http://127.0.0.1:${address.port}`;
  const words = ["serve", "--listen", `127.0.0.1:${address.port}`, "--data", folder,
    "--database-url", `sqlite:${path.join(folder, "qige.db")}`];
  const server = spawn(PROGRAM, words, { stdio: ["ignore", "pipe", "ignore"] });
  for await (const line of createInterface({ input: server.stdout })) {
    const code = /^Set-up code: (\S+)/.exec(line)?.[1];
    if (code !== undefined) return { server, url, code };
  }
  return assert.fail("the server says no set-up code");
}

/** Sends the page's form, and stands on the page that follows. */
async function next(page: Page, path: string): Promise<void> {
  await page.locator(`main form[action="${path}"] button`).first().click();
  await page.waitForLoadState("load");
  await ready(page);
}

type Corners = [number, number, number, number];

/** A square of some hundred metres, so many of them to the east; its corners in the order in which they are named. */
function square(east: number, [a, b, c, d]: Corners = [0, 1, 2, 3]): object {
  const [west, south, side] = [118.74 + east * 0.01, 34.53, 0.01];
  const corners = [[west, south], [west + side, south], [west + side, south + side], [west, south + side]];
  return { type: "Polygon", coordinates: [[a, b, c, d, a].map((corner) => corners[corner])] };
}

/** Grids as somebody drew them: some can be taken, and with each of the others something else is wrong. */
const GRIDS = JSON.stringify({ type: "FeatureCollection", features: [
  feature("第一网格", "320722001001001", square(0)),
  feature("第二网格", "320722001001002", square(1)),
  feature("没有代码", null, square(2)),
  feature("一个点", "320722001001004", { type: "Point", coordinates: [118.745, 34.535] }),
  feature("交叉的边", "320722001001005", square(4, [0, 2, 1, 3])),
  feature("压着第一网格", "320722001001006", square(0.5)),
] });

const TAKEN = ["第一网格", "第二网格", "交叉的边", "压着第一网格"];

function feature(name: string, code: string | null, geometry: object): object {
  return { type: "Feature", properties: { name, ...(code === null ? {} : { code }) }, geometry };
}

/** What the preview says of the file as JSON: the numbers of the features that something is wrong with. */
async function wrong(page: Page): Promise<{ rows: number; features: number[] }> {
  const answer = await page.request.get(page.url(), { headers: { accept: "application/json" } });
  const { problems } = (await answer.json()) as { problems: { feature: number | null }[] };
  const features = new Set(problems.flatMap(({ feature }) => feature === null ? [] : [feature]));
  return { rows: problems.length, features: [...features].sort() };
}

/** The map is drawn, with what the file would change on it. */
async function drawn(page: Page): Promise<void> {
  await page.locator('.q-map.is-open canvas').waitFor();
  await page.locator('.is-open [data-role="map-note"]:empty').waitFor({ state: "attached" });
}

/** Looks at a file of grids before it is taken: feature by feature what is wrong, and all of it on a map. */
async function takeGrids(desk: Page, name: string): Promise<void> {
  await desk.goto("/admin/places/import");
  await accessible(desk, "/admin/places/import");
  const sending = desk.locator('form[action="/admin/places/import"]');
  const file = { name: "网格.geojson", mimeType: "application/geo+json", buffer: Buffer.from(GRIDS) };
  await sending.locator('[name="file"]').setInputFiles(file);
  await sending.locator('[name="datum"]').selectOption("wgs84");
  await sending.locator("button").last().click();
  await desk.waitForURL(/\/admin\/places\/import\/[0-9a-f-]{36}$/);
  await ready(desk);
  await drawn(desk);
  const found = await wrong(desk);
  for (const number of [1, 3, 4, 5]) assert.ok(found.features.includes(number), `${number} of ${found.features}`);
  assert.equal(await desk.locator("#problems tbody tr").count(), found.rows);
  assert.equal(await desk.locator('form[action$="/apply"]').count(), 0, "features with errors stop it");
  await accessible(desk, "the preview of a file with problems");
  await picture(desk, `import-problems-${name}`);

  const deciding = desk.locator('details:has([name="faulty"])', { has: desk.locator("select") });
  await deciding.evaluate((panel: HTMLDetailsElement) => { panel.open = true; });
  await deciding.locator('select[name="faulty"]').selectOption("leave-out");
  await Promise.all([desk.waitForEvent("load"), deciding.locator("button").click()]);
  await ready(desk);
  await drawn(desk);
  await accessible(desk, "the preview without the features that have errors");
  await desk.locator('form[action$="/apply"] button').click();
  await desk.waitForURL((at) => at.pathname === "/admin/places");
  await desk.goto("/admin/places?kind=grid");
  const taken = await desk.locator("main tbody td:first-child a").allTextContents();
  assert.deepEqual(taken.sort(), [...TAKEN].sort());
}

for (const locale of LOCALES) {
  test(`a subdistrict is set up in three steps (${locale})`, async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "qige-first-day-"));
    const { server, url, code } = await serveNothing(folder);
    try {
      const desk = await stage.desk({ locale, url });
      await desk.goto("/");
      await desk.waitForURL(/\/setup$/);
      await ready(desk);
      await accessible(desk, "/setup");
      await picture(desk, `setup-1-${locale}`);
      await desk.locator('[name="setup_code"]').fill(code);
      await desk.locator('[name="name"]').fill("牛山街道");
      await desk.locator('[name="code"]').fill("320722001");
      await next(desk, "/setup");
      await accessible(desk, "/setup, communities");
      await picture(desk, `setup-2-${locale}`);
      const list = await desk.locator('textarea[name="list"]').inputValue();
      const known = list.split("\n").filter((line) => /^\d{12}\b/.test(line));
      assert.equal(known.length, 41, "22 communities and 19 villages are known");
      await next(desk, "/setup/communities");
      await accessible(desk, "/setup, people");
      await picture(desk, `setup-3-${locale}`);
      for (const [who, password] of Object.entries(PASSWORDS)) {
        await desk.locator(`[name="${who}.name"]`).fill(who);
        await desk.locator(`[name="${who}.account"]`).fill(who.replace("_", ""));
        await desk.locator(`[name="${who}.password"]`).fill(password);
      }
      await next(desk, "/setup/people");
      await desk.waitForURL(/\/sign-in/);
      const admin = { role: "tenant-admin", name: "", phone: "tenantadmin", password: PASSWORDS.tenant_admin, start: "" };
      await signIn(desk, admin);
      await desk.goto("/admin");
      await accessible(desk, "/admin on the first day");
      assert.equal((await desk.goto("/setup"))?.status(), 404, "once is enough");
      await takeGrids(desk, locale);
      stage.quiet();
    } finally {
      server.kill("SIGTERM");
      await once(server, "exit");
      await rm(folder, { recursive: true, force: true });
    }
  });
}
