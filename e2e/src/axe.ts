// What a machine can see of accessibility: WCAG 2.2 AA by axe.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults, NodeResult, RunOptions } from "axe-core";
import type { Page } from "playwright-core";

interface Axe { run(where: string, options: RunOptions): Promise<AxeResults> }

// The small one: it goes over to the browser anew for every page.
const SOURCE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const reason = (node: NodeResult) => node.any[0]?.message ?? node.all[0]?.message ?? "";

/** Runs axe on the page itself; ours have no frames, for which axe's own go-between opens a blank page beside it. */
async function run(page: Page, where: string, options: RunOptions): Promise<AxeResults> {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(SOURCE);
  return page.evaluate(
    ({ where, options }) => (window as unknown as { axe: Axe }).axe.run(where, options),
    { where, options: { ...options, resultTypes: ["violations" as const] } },
  );
}

/**
 * A bar that stays at the foot of the screen covers whatever has scrolled under it. That only counts when the
 * target cannot be scrolled out again to its full size.
 */
async function staysCovered(page: Page, node: NodeResult): Promise<boolean> {
  const selector = node.target.join(" ");
  await page.locator(selector).first().evaluate((element) => element.scrollIntoView({ block: "center" }));
  const again = await run(page, selector, { runOnly: ["target-size"] });
  return again.violations.length > 0;
}

/**
 * Whether the page is read by scrolling in one direction only (WCAG 1.4.10), which axe does not look at. A phone's
 * `innerWidth` grows with what does not fit; `clientWidth` does not.
 */
const reflows = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);

/** Fails on what axe calls serious or critical, and on a page that is wider than the screen. */
export async function accessible(page: Page, where = page.url()): Promise<void> {
  const result = await run(page, "html", { runOnly: TAGS });
  const said: string[] = (await reflows(page)) ? [] : [`${where}: wider than the screen`];
  for (const one of result.violations) {
    if (one.impact !== "serious" && one.impact !== "critical") continue;
    for (const node of one.nodes) {
      const covered = one.id === "target-size" && reason(node).includes("partially obscured");
      if (covered && !(await staysCovered(page, node))) continue;
      said.push(`${where}: ${one.id}: ${node.target.join(" ")}: ${reason(node) || one.help}`);
    }
  }
  assert.deepEqual(said, []);
}
