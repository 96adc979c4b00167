// From recommended to reporting: a grid worker recommends, the administrator invites, the invited accepts on
// their phone, the security administrator makes them active, and they sign in.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessible } from "../src/axe.ts";
import { signIn, SIZES, Stage } from "../src/stage.ts";
import { person } from "../src/town.ts";

const PASSWORD = "a quiet street in spring";

let stage: Stage;
before(async () => { stage = await Stage.open(); });
after(() => stage.close());

for (const [turn, size] of SIZES.entries()) {
  for (const [other, locale] of (["zh", "en"] as const).entries()) {
    test(`somebody joins the scheme (${size}, ${locale})`, async () => {
      const number = turn * 2 + other;
      const [name, phone] = [`骑手 90${number}`, `1380009900${number}`];
      const worker = await stage.at(size, { locale });
      await signIn(worker, person("grid-worker"));
      await worker.goto("/members");
      const form = worker.locator('form[action="/members"]');
      await form.locator('input[name="name"]').fill(name);
      await form.locator('input[name="phone"]').fill(phone);
      await form.locator("button").click();
      await worker.locator("tbody").getByText(name, { exact: true }).waitFor();
      await accessible(worker);

      const admin = await stage.at(size, { locale });
      await signIn(admin, person("tenant-admin"));
      await admin.goto("/members?state=recommended");
      await admin.getByRole("checkbox", { name }).check();
      await accessible(admin);
      await admin.locator('form[action="/members/invite"] button').first().click();
      const code = (await admin.locator(".q-invite code").textContent()) ?? "";
      assert.match(code, /^[a-z2-7]{4}(-[a-z2-7]{4}){3}$/);
      assert.ok(await admin.locator(".q-invite img").evaluate((image) => (image as HTMLImageElement).naturalWidth > 0));
      await accessible(admin);

      const invited = await stage.at(size, { locale });
      await invited.goto("/invited");
      await invited.locator('input[name="code"]').fill(code);
      await invited.locator('form[action="/invited"] button').click();
      await invited.waitForURL((at) => at.pathname === `/invited/${code}`);
      await accessible(invited);
      await invited.locator('input[name="rules"]').check();
      await invited.locator('input[name="consent"]').check();
      await invited.locator('input[name="password"]').fill(PASSWORD);
      await invited.locator('form[action^="/invited/"] button').click();
      await invited.waitForURL((at) => at.pathname === "/");

      const security = await stage.at(size, { locale });
      await signIn(security, person("security-admin"));
      await security.goto("/members?state=prepared");
      await security.getByRole("checkbox", { name }).check();
      await security.locator('button[formaction="/members/activate"]').click();
      await security.waitForURL((at) => at.pathname === "/members");
      await signIn(invited, { ...person("rider"), phone, password: PASSWORD });
      await invited.waitForURL((at) => at.pathname === "/report");
      stage.quiet();
    });
  }
}

test("a list is looked at row by row before it is taken", async () => {
  const page = await stage.desk();
  await signIn(page, person("tenant-admin"));
  const send = async (text: string) => {
    await page.goto("/members/roster");
    await page.locator('input[type="file"]').setInputFiles({ name: "a.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
    await page.locator('form[action="/members/roster"] button').click();
    await page.locator("table").waitFor();
  };
  const good = "姓名,手机号,社区\n骑手 801,13800098001,\n";
  await send(`${good}骑手 802,138,\n`);
  await accessible(page);
  assert.equal(await page.locator('form[action="/members/roster/take"]').count(), 0);
  await send(good);
  await accessible(page);
  await page.locator('form[action="/members/roster/take"] button').click();
  await page.waitForURL((at) => at.pathname === "/members");
  await page.getByText("骑手 801").waitFor();
  stage.quiet();
});
