// Serves a fresh demonstration, runs the specs against it (all, or those named), and ends it again.
//
//   npm test                    everything
//   npm test -- main-job axe    two specs
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

const renew = process.argv.includes("--renew");
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

/** Node's runner, one spec after another: two cores carry one browser and one server. */
function test(town) {
  const files = specs.map((file) => path.join(bundles, file.replace(/\.ts$/, ".mjs")));
  const words = ["--enable-source-maps", "--test", "--test-concurrency=1", "--test-reporter=spec", ...files];
  const run = spawn(process.execPath, words, {
    stdio: "inherit",
    env: { ...process.env, QIGE_E2E: town, QIGE_E2E_OUT: OUT, QIGE_PROGRAM: PROGRAM },
  });
  return new Promise((resolve) => run.once("exit", (status) => resolve(status ?? 1)));
}

/** What the screenshots' spec made becomes what the README shows. */
async function keepPictures() {
  const made = path.join(OUT, "screenshots");
  for (const file of await readdir(made)) await copyFile(path.join(made, file), path.join(PICTURES, file));
}
