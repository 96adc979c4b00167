// A wire between phone and server that can be cut: real connections break, not the browser's idea of them.
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { town } from "./town.ts";

/** What a phone asked about an upload (tus 1.0): the method, and from which byte on it sends. */
export interface Asked {
  method: string;
  offset: number | null;
}

/** A request's head is a few hundred bytes; so much is looked at again with what follows. */
const HEAD_BYTES = 4096;
const UPLOADS = /(HEAD|PATCH) \/uploads\/\S+ HTTP\/1\.1\r\n((?:[^\r\n]+\r\n)*)\r\n/g;

/** Passes bytes on until it is cut. */
export class Wire {
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  /** What was asked about uploads, in the order in which it came. */
  readonly asked: Asked[] = [];
  #whole = true;
  #allowance = Number.POSITIVE_INFINITY;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async lay(): Promise<Wire> {
    const wire = new Wire(createServer((near) => wire.#join(near)));
    wire.#server.listen(0, "127.0.0.1");
    await once(wire.#server, "listening");
    return wire;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get whole(): boolean {
    return this.#whole;
  }

  /** Breaks every connection, and refuses new ones. */
  cut(): void {
    this.#whole = false;
    for (const socket of this.#open) socket.destroy();
  }

  /** Breaks by itself once the phone has sent that many bytes more. */
  cutAfter(bytes: number): void {
    this.#allowance = bytes;
  }

  mend(): void {
    this.#whole = true;
    this.#allowance = Number.POSITIVE_INFINITY;
  }

  async remove(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, "close");
  }

  /** Notes what the phone asks about uploads; answers with what may be the beginning of the next head. */
  #heard(text: string): string {
    let end = 0;
    for (const found of text.matchAll(UPLOADS)) {
      const offset = /^upload-offset: *(\d+)/im.exec(found[2] ?? "");
      this.asked.push({ method: found[1] ?? "", offset: offset === null ? null : Number(offset[1]) });
      end = found.index + found[0].length;
    }
    return text.slice(Math.max(end, text.length - HEAD_BYTES));
  }

  #join(near: Socket): void {
    if (!this.#whole) {
      near.destroy();
      return;
    }
    const { hostname, port } = new URL(town.url);
    const far = connect(Number(port), hostname);
    for (const [one, other] of [[near, far], [far, near]] as const) {
      this.#open.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => { this.#open.delete(one); other.destroy(); });
    }
    far.on("data", (bytes) => near.write(bytes));
    let head = "";
    near.on("data", (bytes) => {
      head = this.#heard(head + bytes.toString("latin1"));
      this.#allowance -= bytes.length;
      if (this.#allowance < 0) this.cut();
      else far.write(bytes);
    });
  }
}
