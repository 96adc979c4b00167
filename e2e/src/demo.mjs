// Starts the program with a demonstration, and ends it again.
import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";

// A development build draws its photos without optimisation.
const READY_SECONDS = 300;
const END_SECONDS = 10;

/**
 * Serves the demonstration of a folder, which is made when it is not there; `line` is what it says of itself.
 *
 * @param {{ program: string, folder: string, log: string, words: readonly string[], providers?: string }} wanted
 * @returns {Promise<{ line: string, end: () => Promise<void> }>}
 */
export async function serveDemo({ program, folder, log, words, providers }) {
  const options = ["demo", ...words, "--seed", "1", "--port", "0", "--folder", folder, "--json"];
  if (providers !== undefined) options.push("--providers", providers);
  const server = spawn(program, options, { stdio: ["ignore", "pipe", "pipe"] });
  server.stderr.pipe(createWriteStream(log));
  const interrupted = () => server.kill("SIGTERM");
  process.once("SIGINT", interrupted);
  const end = async () => {
    process.off("SIGINT", interrupted);
    if (server.exitCode !== null || server.signalCode !== null) return;
    const gone = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGTERM");
    const hard = setTimeout(() => server.kill("SIGKILL"), END_SECONDS * 1000);
    await gone;
    clearTimeout(hard);
  };
  const see = `see ${path.relative(process.cwd(), log)}`;
  const lines = createInterface({ input: server.stdout });
  const said = new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`not ready after ${READY_SECONDS} s; ${see}`)),
      READY_SECONDS * 1000);
    late.unref();
    server.once("error", reject);
    server.once("exit", (status) => reject(new Error(`${program} ended (${status}); ${see}`)));
    lines.on("line", (line) => { if (line.startsWith("{")) { clearTimeout(late); resolve(line); } });
  });
  try {
    return { line: await said, end };
  } catch (problem) {
    await end();
    throw problem;
  }
}
