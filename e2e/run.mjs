// Serves a fresh demonstration, runs the specs against it (all, or those named), and ends it again.
//
//   npm test                    everything
//   npm test -- main-job axe    two specs
//   npm test -- axe --pictures    with a picture of every page and step, in e2e/out
//   npm test -- screenshots --renew   in a town with a month behind it, and its pictures into docs/screenshots
//   QIGE_E2E=… npm test         against a demonstration that runs already: the line that `qige demo --json` printed
import { spawn } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { serveDemo } from "./src/demo.mjs";
import { serveSignIns } from "./src/oidc.mjs";

const ROOT = path.dirname(fileURLToPath(import.meta.url));
const OUT = path.join(ROOT, "out");
const PROGRAM = process.env.QIGE_PROGRAM ?? path.join(ROOT, "../target/debug/qige");

// A month of life fills a queue as it is on a working day; three days are enough for everything else.
const RENEWED_DAYS = 30;
const PICTURES = path.join(ROOT, "../docs/screenshots");

// Two cores carry two specs at a time, as long as neither gets into the other's way. These take whatever case lies
// before them, or count what comes in: no other spec may have a case in hand meanwhile.
const TAKING = ["bulk", "keyboard", "news", "no-script", "photos"];
// These touch no case, or have a server of their own.
const APART = ["base-map", "consents", "first-day", "members", "passkeys", "providers", "routing", "spot"];
// This one is held to seconds.
const TIMED = ["speed"];
// All others know their own cases by their words.

const renew = process.argv.includes("--renew");
// Nothing is held against them, and each takes some quarter of a second.
const pictures = process.argv.includes("--pictures");
const wanted = process.argv.slice(2).filter((word) => !word.startsWith("--")).map((name) => name.replace(/\.spec(\.ts)?$/, ""));
const specs = (await readdir(path.join(ROOT, "specs")))
  .filter((file) => file.endsWith(".spec.ts"))
  .filter((file) => wanted.length === 0 || wanted.includes(file.replace(/\.spec\.ts$/, "")));
if (specs.length === 0) {
  console.error(`no spec is called ${wanted.join(", ")}`);
  process.exit(1);
}

await rm(OUT, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });
const bundles = await mkdtemp(path.join(ROOT, "node_modules", ".specs-"));
const folder = await mkdtemp(path.join(tmpdir(), "qige-e2e-"));
let server;
let service;
let code = 1;
try {
  const town = process.env.QIGE_E2E ?? (await serve());
  await build({
    entryPoints: specs.map((file) => path.join(ROOT, "specs", file)),
    bundle: true, platform: "node", format: "esm", target: "node20", packages: "external", splitting: true,
    outdir: bundles, outExtension: { ".js": ".mjs" }, sourcemap: "inline", logLevel: "warning",
  });
  code = await test(town);
  if (code === 0 && renew) await keepPictures();
} catch (problem) {
  console.error(problem instanceof Error ? problem.message : problem);
} finally {
  await server?.end();
  await service?.end();
  await Promise.all([bundles, folder].map((made) => rm(made, { recursive: true, force: true })));
}
process.exit(code);

/** Starts the program; answers with the line that says where it is and who may sign in. */
async function serve() {
  const words = renew ? ["--days", String(RENEWED_DAYS)] : ["--fast"];
  const log = path.join(OUT, "server.log");
  service = await serveSignIns();
  const providers = path.join(folder, "providers.json");
  await writeFile(providers, JSON.stringify(service.named));
  server = await serveDemo({ program: PROGRAM, folder: path.join(folder, "demo"), log, words, providers });
  return server.line;
}

/** All of them; answers with what the worst of them ended with. */
async function test(town) {
  const named = (names) => specs.filter((file) => names.includes(file.replace(/\.spec\.ts$/, "")));
  const others = specs.filter((file) => !named([...TAKING, ...APART, ...TIMED]).includes(file));
  const first = await Promise.all([run(town, named(TAKING), 1), run(town, named(APART), 1)]);
  return Math.max(...first, await run(town, others, 2), await run(town, named(TIMED), 1));
}

/** Node's runner, so many specs at a time. */
function run(town, which, atOnce) {
  if (which.length === 0) return 0;
  const files = which.map((file) => path.join(bundles, file.replace(/\.ts$/, ".mjs")));
  const words = ["--enable-source-maps", "--test", `--test-concurrency=${atOnce}`, "--test-reporter=spec", ...files];
  const runner = spawn(process.execPath, words, {
    stdio: "inherit",
    env: {
      ...process.env, QIGE_E2E: town, QIGE_E2E_OUT: OUT, QIGE_PROGRAM: PROGRAM,
      ...(pictures ? { QIGE_E2E_PICTURES: "yes" } : {}),
    },
  });
  return new Promise((resolve) => runner.once("exit", (status) => resolve(status ?? 1)));
}

/** What the screenshots' spec made becomes what the README shows. */
async function keepPictures() {
  const made = path.join(OUT, "screenshots");
  for (const file of await readdir(made)) await copyFile(path.join(made, file), path.join(PICTURES, file));
}
