import assert from "node:assert/strict";
import { test } from "node:test";
import { offlineFor } from "../src/sw/navigate";
import { asShell } from "../src/sw/shell";

test("the offline page speaks the phone's language, or Chinese", () => {
  const pages = { en: "en.html", "zh-Hans": "zh.html" };
  const expected = {
    "zh-Hans": "zh.html",
    "zh-CN": "zh.html",
    "en-GB": "en.html",
    EN: "en.html",
    fr: "zh.html",
  };
  for (const [language, page] of Object.entries(expected)) assert.equal(offlineFor(language, pages), page);
  assert.equal(offlineFor("fr", { en: "en.html" }), "en.html");
  assert.equal(offlineFor("fr", {}), null);
});

test("a kept page is marked as one, once and nowhere else", () => {
  assert.equal(
    asShell('<!doctype html><html lang="zh-Hans"><p>&lt;html</p>'),
    '<!doctype html><html data-shell lang="zh-Hans"><p>&lt;html</p>',
  );
  assert.equal(asShell("<HTML><body>"), "<html data-shell><body>");
});
