import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { examples } from "../../crates/cases/data/about-person.json";
import { aboutPerson } from "../src/page/about-person";
import { personal } from "../src/page/personal";

interface Example {
  text: string;
  kinds: string[];
}

test("numbers of people are noticed as the server finds them", async () => {
  const file = path.join(process.cwd(), "..", "crates", "kernel", "data", "personal.json");
  const examples = JSON.parse(await readFile(file, "utf8")) as Example[];
  assert.ok(examples.length > 15);
  for (const { text, kinds } of examples) assert.deepEqual(personal(text), kinds, text);
});

test("words about a person are noticed as the server refuses them", () => {
  assert.ok(examples.person.length > 3 && examples.place.length > 7);
  for (const text of examples.person) assert.ok(aboutPerson(text), text);
  for (const text of examples.place) assert.ok(!aboutPerson(text), text);
});
