// What a machine can see of accessibility: WCAG 2.2 AA by axe.
import assert from "node:assert/strict";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "playwright-core";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

type Node = Awaited<ReturnType<AxeBuilder["analyze"]>>["violations"][number]["nodes"][number];

const reason = (node: Node) => node.any[0]?.message ?? node.all[0]?.message ?? "";

/**
 * A bar that stays at the foot of the screen covers whatever has scrolled under it. That only counts when the
 * target cannot be scrolled out again to its full size.
 */
async function staysCovered(page: Page, node: Node): Promise<boolean> {
  const selector = node.target.join(" ");
  await page.locator(selector).first().evaluate((element) => element.scrollIntoView({ block: "center" }));
  const again = await new AxeBuilder({ page }).include(selector).withRules("target-size").analyze();
  return again.violations.length > 0;
}

/** Whether the page is read by scrolling in one direction only (WCAG 1.4.10), which axe does not look at. */
const reflows = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);

/** Fails on what axe calls serious or critical, and on a page that is wider than the screen. */
export async function accessible(page: Page, where = page.url()): Promise<void> {
  const result = await new AxeBuilder({ page }).withTags(TAGS).analyze();
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
