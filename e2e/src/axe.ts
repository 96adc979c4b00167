// What a machine can see of accessibility: WCAG 2.2 AA by axe.
import assert from "node:assert/strict";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "playwright-core";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Fails on what axe calls serious or critical. */
export async function accessible(page: Page, where = page.url()): Promise<void> {
  const result = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  const grave = result.violations.filter((one) => one.impact === "serious" || one.impact === "critical");
  const said = grave.flatMap((one) => one.nodes.map((node) => `${where}: ${one.id}: ${node.target.join(" ")}: `
    + `${node.any[0]?.message ?? node.all[0]?.message ?? one.help}`));
  assert.deepEqual(said, []);
}
