// Builds frontend/dist: styles, islands, service worker, offline pages, icons; prints what a reporter's first
// page weighs and fails when it is too much.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build, transform } from "esbuild";
import { icoOf, pngIcon, svgIcon } from "./icons.mjs";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const DIST = path.join(ROOT, "dist");
// 60 KB for the report page before its first photo, of which the HTML may take 14.
const REPORT_LIMIT_BYTES = 60 * 1024;
const HTML_ALLOWANCE_BYTES = 14 * 1024;
// MapLibre with its worker; more means something else crept into the chunk.
const MAP_LIMIT_BYTES = 520 * 1024;
/** Pictures are packed already; the two lists are read by the server alone. */
const PACKED = /^(?!manifest\.json$|preload\.json$).*\.(js|css|svg|html|webmanifest)$/;
// The oldest browsers in use on riders' phones (Chromium kernels of vendor browsers).
const TARGET = ["chrome94", "safari15.4", "firefox93"];

const manifest = {};
const gzipSizes = new Map();

async function put(file, content) {
  const bytes = Buffer.from(content);
  gzipSizes.set(file, gzipSync(bytes, { level: 9 }).length);
  await writeFile(path.join(DIST, file), bytes);
}

/** Writes a file under its content's hash and notes it under its logical name. */
async function putHashed(logical, content) {
  const digest = createHash("sha256").update(content).digest("hex").slice(0, 10);
  const { name, ext } = path.parse(logical);
  const file = `${name}-${digest}${ext}`;
  await put(file, content);
  manifest[logical] = file;
  return file;
}

/** `dark.css` once as it stands and once for a dark system; see its first line. */
const darkTwice = {
  name: "dark-twice",
  setup(hook) {
    hook.onLoad({ filter: /dark\.css$/ }, async ({ path: file }) => {
      const text = await readFile(file, "utf8");
      const chosen = ':root[data-theme="dark"],\n:root[data-look="wall"]';
      const bySystem = text
        .replace(chosen, ':root:not([data-theme="light"])')
        .replace("color-scheme: dark;", "");
      return {
        loader: "css",
        contents: `@media screen and (prefers-color-scheme: dark) {${bySystem}}\n${text}`,
      };
    });
  },
};

async function styles() {
  const result = await build({
    entryPoints: [path.join(ROOT, "styles/app.css")],
    bundle: true,
    minify: true,
    write: false,
    target: TARGET,
    plugins: [darkTwice],
    outdir: DIST,
  });
  await putHashed("app.css", result.outputFiles[0].text);
}

async function mapParts() {
  const from = (file) => readFile(path.join(ROOT, "node_modules/maplibre-gl/dist", file));
  const css = await transform(await from("maplibre-gl.css"), { loader: "css", minify: true });
  const worker = await from("maplibre-gl-worker.mjs");
  return {
    css: await putHashed("maplibre.css", css.code),
    // The map of the source is not shipped, so neither is the pointer to it.
    worker: await putHashed(
      "maplibre-worker.js",
      worker.toString("utf8").replace(/\/\/# sourceMappingURL=.*\s*$/, ""),
    ),
  };
}

async function scripts(map) {
  const result = await build({
    entryPoints: [path.join(ROOT, "src/app.ts")],
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    target: TARGET,
    metafile: true,
    write: false,
    outdir: DIST,
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    legalComments: "none",
    charset: "utf8",
    define: { MAP_WORKER_FILE: JSON.stringify(map.worker), MAP_STYLE_FILE: JSON.stringify(map.css) },
  });
  for (const file of result.outputFiles) await put(path.basename(file.path), file.contents);
  const outputs = new Map();
  for (const [file, facts] of Object.entries(result.metafile.outputs)) {
    const name = path.basename(file);
    outputs.set(name, facts);
    if (facts.entryPoint?.startsWith("src/") || facts.entryPoint?.includes("/src/")) {
      manifest[`${path.parse(facts.entryPoint).name}.js`] = name;
    }
  }
  return outputs;
}

/** A script with everything it imports before it can run. */
function closure(outputs, file, seen = new Set()) {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const entry of outputs.get(file)?.imports ?? []) {
    if (entry.kind === "import-statement") closure(outputs, path.basename(entry.path), seen);
  }
  return seen;
}

async function offlinePages() {
  const pages = {};
  for (const file of await readdir(path.join(ROOT, "static"))) {
    const locale = /^offline\.(.+)\.html$/.exec(file)?.[1];
    const text = await readFile(path.join(ROOT, "static", file), "utf8");
    if (locale === undefined) {
      await put(file, text);
      continue;
    }
    pages[locale] = await putHashed(
      file,
      text.replaceAll(/\{\{(.+?)\}\}/g, (_, name) => `/assets/${manifest[name]}`),
    );
  }
  return pages;
}

async function serviceWorker(files, mapFiles, offline) {
  const version = createHash("sha256").update(JSON.stringify(manifest)).digest("hex").slice(0, 12);
  const result = await build({
    entryPoints: [path.join(ROOT, "src/sw/sw.ts")],
    bundle: true,
    minify: true,
    format: "iife",
    target: TARGET,
    write: false,
    outdir: DIST,
    charset: "utf8",
    define: {
      BUILD_VERSION: JSON.stringify(version),
      SHELL_FILES: JSON.stringify([...files, ...Object.values(offline)]),
      MAP_FILES: JSON.stringify(mapFiles),
      OFFLINE_PAGES: JSON.stringify(offline),
    },
  });
  await put("sw.js", result.outputFiles[0].contents);
}

async function icons() {
  await put("icon.svg", svgIcon());
  // The same for pages, under its hash: what a page shows must be there without network too.
  await putHashed("sign.svg", svgIcon());
  await put("icon-192.png", pngIcon(192));
  await put("icon-512.png", pngIcon(512));
  // A maskable icon keeps its subject inside the middle four fifths (W3C manifest, maskable safe zone).
  await put("icon-maskable-512.png", pngIcon(512, { square: true, zoom: 0.85 }));
  await put("apple-touch-icon.png", pngIcon(180, { square: true }));
  await put("favicon.ico", icoOf(pngIcon(32), 32));
}

/**
 * Every text file once more as Brotli (RFC 7932) and gzip, as small as they get: packed once here instead of for
 * every phone, whose first page waits for it.
 */
async function packed() {
  for (const file of await readdir(DIST)) {
    if (!PACKED.test(file)) continue;
    const bytes = await readFile(path.join(DIST, file));
    const params = {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    };
    const ways = { br: brotliCompressSync(bytes, { params }), gz: gzipSync(bytes, { level: 9 }) };
    for (const [ending, small] of Object.entries(ways)) {
      if (small.length < bytes.length) await writeFile(path.join(DIST, `${file}.${ending}`), small);
    }
  }
}

const kilobytes = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;
const weigh = (files) => [...files].reduce((sum, file) => sum + (gzipSizes.get(file) ?? 0), 0);

await rm(DIST, { recursive: true, force: true });
await mkdir(DIST, { recursive: true });
await styles();
const map = await mapParts();
const outputs = await scripts(map);
await icons();
const offline = await offlinePages();

const reportFiles = new Set([manifest["app.css"]]);
for (const name of ["app.js", "report.js"]) closure(outputs, manifest[name], reportFiles);
const MAP_ENTRIES = ["map.js", "maplibre.js", "pin-map.js", "pmtiles.js"];
const scriptFiles = new Set();
for (const [logical, file] of Object.entries(manifest)) {
  if (outputs.has(file) && !MAP_ENTRIES.includes(logical)) closure(outputs, file, scriptFiles);
}
const mapFiles = new Set([map.css, map.worker]);
for (const entry of MAP_ENTRIES) {
  for (const file of closure(outputs, manifest[entry])) if (!scriptFiles.has(file)) mapFiles.add(file);
}
const leaked = [...scriptFiles].filter((file) =>
  Object.keys(outputs.get(file).inputs).some((input) => /node_modules\/(maplibre-gl|pmtiles)\//.test(input)),
);

await serviceWorker([manifest["app.css"], manifest["sign.svg"], ...scriptFiles], [...mapFiles], offline);
for (const file of (await readdir(DIST)).sort()) {
  if (!Object.values(manifest).includes(file) && !outputs.has(file)) manifest[file] = file;
}
// What a page that preloads the report island should preload with it, so that nothing is found out one trip
// later.
const preload = [...closure(outputs, manifest["app.js"]), ...closure(outputs, manifest["report.js"])];
await writeFile(
  path.join(DIST, "preload.json"),
  `${JSON.stringify({ "report.js": [...new Set(preload)] }, null, 2)}\n`,
);
await writeFile(path.join(DIST, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);

await packed();

for (const [file, bytes] of [...gzipSizes].sort((a, b) => b[1] - a[1]))
  console.log(kilobytes(bytes).padStart(10), file);
const report = weigh(reportFiles);
const mapBytes = weigh(mapFiles);
console.log(
  `report page, gzip: ${kilobytes(report)} of scripts and styles ` +
    `(limit ${kilobytes(REPORT_LIMIT_BYTES - HTML_ALLOWANCE_BYTES)} ` +
    `beside ${kilobytes(HTML_ALLOWANCE_BYTES)} of HTML)`,
);
console.log(`map, only when asked for: ${kilobytes(mapBytes)} (limit ${kilobytes(MAP_LIMIT_BYTES)})`);
const tooMuch = report > REPORT_LIMIT_BYTES - HTML_ALLOWANCE_BYTES || mapBytes > MAP_LIMIT_BYTES;
if (tooMuch || leaked.length > 0) {
  console.error("too heavy for a phone with one bar of signal");
  process.exit(1);
}
