// The server's side of the outbox as ISLANDS.md states it, in this process, with the faults that streets
// have.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

interface Wire {
  index: number;
  id: string;
  kind: string;
  body: { words: string };
}
interface Upload {
  id: string;
  report: string;
  sha256: string;
  bytes: number;
  held: Buffer;
}

export interface Request {
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
  body: Buffer;
}
/** Looks at a request before it is answered; returns true when it answered (or broke it off) itself. */
export type Fault = (request: Request, response: ServerResponse) => boolean;

export class FakeServer {
  readonly devices = new Map<string, { token: string; records: Wire[] }>();
  /** Reports by id, each with how often it came into being. */
  readonly reports = new Map<string, number>();
  readonly uploads = new Map<string, Upload>();
  readonly seen: Request[] = [];
  /** Signed-in person that this server knows by cookie and CSRF token; tests send both as headers. */
  csrf = "good";
  refuseWords: string | null = null;
  /** Runs before the answer, or after the work with the answer lost. */
  before: Fault = () => false;
  loseAnswerOf: (request: Request) => boolean = () => false;
  private tokens = 0;
  private server: Server | null = null;
  base = "";

  async start(): Promise<this> {
    this.server = createServer((incoming, response) => void this.take(incoming, response));
    await new Promise<void>((resolve) => this.server?.listen(0, "127.0.0.1", resolve));
    this.base = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return this;
  }

  stop(): void {
    this.server?.closeAllConnections();
    this.server?.close();
  }

  count(method: string, path: string): number {
    return this.seen.filter((one) => one.method === method && one.path.startsWith(path)).length;
  }

  private async take(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of incoming) pieces.push(piece as Buffer);
    const request: Request = {
      method: incoming.method ?? "",
      path: incoming.url ?? "",
      headers: incoming.headers,
      body: Buffer.concat(pieces),
    };
    this.seen.push(request);
    if (this.before(request, response)) return;
    const answer = this.answer(request);
    if (this.loseAnswerOf(request)) return void response.destroy();
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body);
  }

  private answer(request: Request): { status: number; headers?: Record<string, string>; body?: string } {
    const { method, path } = request;
    if (method === "POST" && path === "/me/device") return this.register(request);
    const token = request.headers.authorization?.replace("Bearer ", "");
    const device = [...this.devices].find(([, one]) => one.token === token);
    if (device === undefined) return { status: 401 };
    if (path.startsWith("/sync/status")) return json(200, { next: device[1].records.length });
    if (path === "/sync/records") return this.records(request, device[1].records);
    if (path === "/uploads") return this.create(request);
    return this.piece(request);
  }

  private register(request: Request): ReturnType<typeof json> {
    const { device } = JSON.parse(request.body.toString()) as { device: string };
    const signedIn = request.headers["x-csrf-token"];
    if (signedIn !== undefined && signedIn !== this.csrf) return json(403, {});
    const known = this.devices.get(device);
    const token = `token-${(this.tokens += 1)}`;
    this.devices.set(device, { token, records: known?.records ?? [] });
    return json(known === undefined ? 201 : 200, { device, token });
  }

  private outcome({ index, id, body }: Wire): object {
    if (body.words === this.refuseWords) {
      return { index, outcome: "refused", problem: { title: "no", detail: "因为不行" } };
    }
    return {
      index,
      outcome: "accepted",
      receipt: { report: id, at: "2026-11-24T02:00:00Z", follow_code: null, url: `/r/${id}` },
    };
  }

  private records(request: Request, held: Wire[]): ReturnType<typeof json> {
    const { records } = JSON.parse(request.body.toString()) as { records: Wire[] };
    if ((records[0]?.index ?? 0) > held.length) return json(409, { next: held.length });
    const results = records.map((record) => {
      const before = held[record.index];
      if (before !== undefined) return this.outcome(before);
      held.push(record);
      // A report's id makes it one report, whichever device brings it.
      if (record.body.words !== this.refuseWords && !this.reports.has(record.id))
        this.reports.set(record.id, 1);
      return this.outcome(record);
    });
    return json(200, { next: held.length, results });
  }

  private create(request: Request): ReturnType<typeof json> {
    const pairs = new Map(
      String(request.headers["upload-metadata"])
        .split(",")
        .map((pair) => {
          const [name = "", value = ""] = pair.split(" ");
          return [name, Buffer.from(value, "base64").toString()] as const;
        }),
    );
    const id = pairs.get("id") ?? "";
    const known = this.uploads.get(id);
    const location = `/uploads/${id}`;
    if (known !== undefined)
      return { status: 200, headers: { location, "upload-offset": String(known.held.length) } };
    this.uploads.set(id, {
      id,
      report: pairs.get("report") ?? "",
      sha256: pairs.get("sha256") ?? "",
      bytes: Number(request.headers["upload-length"]),
      held: Buffer.alloc(0),
    });
    return { status: 201, headers: { location } };
  }

  private piece({ method, path, headers, body }: Request): ReturnType<typeof json> {
    const upload = this.uploads.get(path.replace("/uploads/", ""));
    if (upload === undefined) return json(404, {});
    const offset = () => ({ "upload-offset": String(upload.held.length) });
    if (method === "HEAD") return { status: 200, headers: offset() };
    if (Number(headers["upload-offset"]) !== upload.held.length) return json(409, {});
    upload.held = Buffer.concat([upload.held, body]);
    return { status: 204, headers: offset() };
  }
}

function json(
  status: number,
  body: unknown,
): { status: number; headers?: Record<string, string>; body?: string } {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

export function problem(
  response: ServerResponse,
  status: number,
  detail: string,
  headers: Record<string, string> = {},
): true {
  response.writeHead(status, { "content-type": "application/problem+json", ...headers });
  response.end(JSON.stringify({ type: "/problems/x", title: "no", detail }));
  return true;
}
