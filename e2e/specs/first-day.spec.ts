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
      stage.quiet();
    } finally {
      server.kill("SIGTERM");
      await once(server, "exit");
      await rm(folder, { recursive: true, force: true });
    }
  });
}
