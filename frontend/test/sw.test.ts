import assert from "node:assert/strict";
import { test } from "node:test";
import { isKept, surplus, WINDOWS_MAX } from "../src/sw/grids";
import { offlineFor } from "../src/sw/navigate";
import { pageOf } from "../src/sw/push";
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

test("a dozen coarse windows of grids are kept, the latest", () => {
  const window = (at: number) => `https://q.example/report/grids?bbox=118.${10 + at},34.50,118.80,34.60`;
  const many = Array.from({ length: WINDOWS_MAX + 2 }, (_, at) => window(at));
  const others = ["https://q.example/assets/app.js", "https://q.example/report?shell=en"];
  assert.deepEqual(surplus([...others, ...many]), many.slice(0, 2));
  assert.deepEqual(surplus(many.slice(0, WINDOWS_MAX)), []);
  for (const [bbox, kept] of [
    ["-118.75,-34.54,118.78,34.57", true],
    ["118.752000,34.542000,118.780000,34.570000", false],
    ["118.75,34.54,118.78", false],
    ["118.75,34.54,118.78,34.57,1.00", false],
    ["", false],
  ] as const)
    assert.equal(isKept(`https://q.example/report/grids?bbox=${bbox}`), kept, bbox);
  assert.equal(isKept("https://q.example/cases/grids?bbox=118.75,34.54,118.78,34.57"), false);
});

test("a notice leads to a page of ours and nowhere else", () => {
  for (const [url, page] of [
    ["/notices", "/notices"],
    ["/unit/cases/1?x=2", "/unit/cases/1?x=2"],
    ["//evil.example", "/notices"],
    ["/\\evil.example", "/notices"],
    ["https://evil.example/", "/notices"],
    ["javascript:alert(1)", "/notices"],
    ["", "/notices"],
  ] as const)
    assert.equal(pageOf(url), page, url);
});
