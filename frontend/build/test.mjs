// Bundles the tests (Node runs no TypeScript by itself at the version we ask for) and runs them with
// node:test.
import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const out = await mkdtemp(path.join(ROOT, "node_modules", ".test-"));
const files = (await readdir(path.join(ROOT, "test"))).filter((file) => file.endsWith(".test.ts"));
await build({
  entryPoints: files.map((file) => path.join(ROOT, "test", file)),
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  outdir: out,
  outExtension: { ".js": ".mjs" },
  // What build.mjs fills in; tests need no more than that it is there.
  define: { BUILD_VERSION: '"test"', SHELL_FILES: "[]", MAP_FILES: "[]", OFFLINE_PAGES: "{}" },
  sourcemap: "inline",
  logLevel: "warning",
});
const tests = files.map((file) => path.join(out, file.replace(/\.ts$/, ".mjs")));
const run = spawn(process.execPath, ["--enable-source-maps", "--test", ...tests], {
  stdio: "inherit",
  env: { ...process.env, QIGE_FRONTEND: ROOT },
});
run.on("exit", async (code) => {
  await rm(out, { recursive: true, force: true });
  process.exit(code ?? 1);
});
