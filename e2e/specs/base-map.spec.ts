// A base map under the grids: tiles of one other host, or an archive that the product serves itself.
import assert from "node:assert/strict";
import { once } from "node:events";
import { rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { accessible } from "../src/axe.ts";
import { serveDemo } from "../src/demo.mjs";
import { archiveOf } from "../src/pmtiles.ts";
import { type Locale, picture, ready, signIn, Stage } from "../src/stage.ts";
import { OUT, type Town } from "../src/town.ts";

/** A colour that nothing of ours has. */
const COLOUR = "#d000d0";
const WHOSE = "© 试验地图 & friends";
/** Grids, cases and words lie on the ground, but most of it is seen. */
const SEEN_SHARE = 0.4;
const FOLDER = path.join(tmpdir(), `qige-base-map-${process.pid}`);
const PROGRAM = process.env["QIGE_PROGRAM"] ?? path.join(OUT, "../../target/debug/qige");

/** A host with tiles, all of one colour; it counts what it is asked for. */
class TileHost {
  readonly asked: string[] = [];
  readonly #server: Server;

  private constructor(tile: Buffer) {
    this.#server = createServer((request, answer) => {
      this.asked.push(request.url ?? "");
      answer.writeHead(200, { "content-type": "image/png", "access-control-allow-origin": "*" }).end(tile);
    });
  }

  static async open(tile: Buffer): Promise<TileHost> {
    const host = new TileHost(tile);
    host.#server.listen(0, "127.0.0.1");
    await once(host.#server, "listening");
    return host;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

let stage: Stage;
let tile: Buffer;
before(async () => {
  stage = await Stage.open();
  tile = await oneColour(await stage.desk());
});
after(async () => {
  await stage.close();
  await rm(FOLDER, { recursive: true, force: true });
});

async function oneColour(page: Page): Promise<Buffer> {
  const url = await page.evaluate((colour) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 256, height: 256 });
    const pen = canvas.getContext("2d");
    if (pen === null) throw new Error("no canvas");
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 256, 256);
    return canvas.toDataURL("image/png");
  }, COLOUR);
  return Buffer.from(url.split(",")[1] ?? "", "base64");
}

/** How much of what is seen there has about the tile's colour. */
async function share(of: Locator): Promise<number> {
  const shot = (await of.screenshot()).toString("base64");
  return of.page().evaluate(async (shot) => {
    const bytes = Uint8Array.from(atob(shot), (letter) => letter.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    if (pen === null) throw new Error("no canvas");
    pen.drawImage(bitmap, 0, 0);
    const { data } = pen.getImageData(0, 0, bitmap.width, bitmap.height);
    let like = 0;
    for (let at = 0; at < data.length; at += 4) {
      const [red = 0, green = 0, blue = 0] = data.subarray(at, at + 3);
      if (red > 150 && blue > 150 && green < 110) like += 1;
    }
    return like / (data.length / 4);
  }, shot);
}

async function sees(map: Locator): Promise<void> {
  let seen = 0;
  for (let look = 0; look < 40 && seen < SEEN_SHARE; look += 1) {
    await map.page().waitForTimeout(250);
    seen = await share(map);
  }
  assert.ok(seen >= SEEN_SHARE, `${(seen * 100).toFixed(0)} % of the map is the base map`);
  await map.getByText(WHOSE).waitFor();
}

/** Looks at the pin's map and at the centre's, and answers with every other host that was asked. */
async function bothMaps(words: string[], name: string, locale: Locale): Promise<Set<string>> {
  const log = path.join(OUT, `base-map-${name}.log`);
  const program = { program: PROGRAM, folder: FOLDER, log, words: ["--fast", ...words] };
  const { line, end } = await serveDemo(program);
  const asked = new Set<string>();
  try {
    const town = JSON.parse(line) as Town;
    const listen = (page: Page) => page.on("request", (request) => {
      const url = new URL(request.url());
      if (url.protocol.startsWith("http") && url.origin !== new URL(town.url).origin) asked.add(url.origin);
    });
    const phone = await stage.phone({ locale, url: town.url });
    listen(phone);
    await phone.goto("/report");
    await ready(phone);
    await phone.locator('[data-role="pin"] > summary').click();
    await phone.locator('[data-role="pin-map-open"]').click();
    await phone.locator('[data-role="pin-map"] canvas').waitFor();
    await phone.locator('[data-role="pin"]').scrollIntoViewIfNeeded();
    await sees(phone.locator('[data-role="pin-map"]'));
    await accessible(phone, `/report with a base map (${name})`);
    await picture(phone, `base-map-${name}-pin-${locale}`);

    const desk = await stage.desk({ locale, url: town.url });
    listen(desk);
    const dispatcher = town.sign_ins.find((one) => one.role === "dispatcher");
    assert.ok(dispatcher !== undefined);
    await signIn(desk, dispatcher);
    await desk.goto("/cases");
    await ready(desk);
    await desk.locator(".q-map canvas").first().waitFor();
    await sees(desk.locator(".q-map").first());
    await accessible(desk, `/cases with a base map (${name})`);
    await picture(desk, `base-map-${name}-queue-${locale}`);
    stage.quiet();
  } finally {
    await end();
  }
  return asked;
}

test("tiles of one other host are asked for, shown and thanked for", async () => {
  const host = await TileHost.open(tile);
  try {
    const template = `${host.url}/{z}/{x}/{y}.png`;
    const asked = await bothMaps(["--tile-template", template, "--map-attribution", WHOSE], "tiles", "zh");
    assert.deepEqual([...asked], [host.url], "that host and no other");
    assert.ok(host.asked.length >= 4, `${host.asked.length} tiles`);
    for (const url of host.asked) assert.match(url, /^\/\d+\/\d+\/\d+\.png$/);
  } finally {
    host.close();
  }
});

test("an archive is served from here, and no other host is asked", async () => {
  const file = path.join(OUT, "town.pmtiles");
  await writeFile(file, archiveOf(tile, { attribution: '<a href="https://example.org">© 试验地图</a> &amp; friends' }));
  const asked = await bothMaps(["--pmtiles", file], "archive", "en");
  assert.deepEqual([...asked], []);
});
