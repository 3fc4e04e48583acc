import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";
import type { Aim, Table } from "./report.ts";

const run = promisify(execFile);
const folder = fileURLToPath(new URL("./peers", import.meta.url));

/** What `peers/run.js` prints: milliseconds per step, or why that engine could not do it. */
const resultSchema = z.object({ msPerStep: z.number(), journal: z.string() });

const PEERS = ["rivet", "langgraph", "langgraph-memory", "node-red"] as const;
/** Of these the issue asks to be faster. */
const AHEAD_OF: readonly string[] = ["rivet", "langgraph", "langgraph-memory"];

type Ours = {
  readonly [Shape in "chain" | "fan-out"]: { readonly off: number; readonly on: number };
};

/** Other engines on the same work, each in a process of its own. Installs them when they are not there. */
export async function benchPeers(
  ours: Ours,
): Promise<{ readonly table: Table; readonly aims: readonly Aim[] }> {
  const rows: Table["rows"][number][] = (["off", "on"] as const).map((journal) => ({
    engine: "Catwalk",
    journal: journal === "on" ? "SQLite" : "none",
    "chain of 1,000": ours.chain[journal],
    "fan-out of 1,000": ours["fan-out"][journal],
  }));
  const aims: Aim[] = [];
  const missing = await install();
  for (const peer of PEERS) {
    const row: { [column: string]: string | number } = { engine: peer };
    for (const shape of ["chain", "fan-out"] as const) {
      const result = missing ?? (await measure(peer, shape));
      const column = `${shape} of 1,000`;
      if (typeof result === "string") {
        row[column] = result;
        if (AHEAD_OF.includes(peer))
          aims.push({ text: `${column}: no comparison with ${peer}: ${result}`, met: false, warn: true });
        continue;
      }
      row["journal"] = result.journal;
      row[column] = result.msPerStep;
      if (!AHEAD_OF.includes(peer)) continue;
      // Ours is to be ahead with its journal too, on a disk, of what keeps nothing or keeps it in memory.
      for (const journal of result.journal === "none" ? (["off", "on"] as const) : (["on"] as const)) {
        const mine = ours[shape][journal];
        aims.push({
          text: `${column}: Catwalk, journal ${journal}, ${mine.toFixed(4)} ms per step; ${peer}, ${result.journal === "none" ? "without one" : "in memory"}, ${result.msPerStep.toFixed(4)} (aim: ahead)`,
          met: mine < result.msPerStep,
        });
      }
    }
    rows.push(row);
  }
  return { table: { title: "Beside other engines: ms per step", rows }, aims };
}

async function install(): Promise<string | undefined> {
  if (existsSync(`${folder}/node_modules`)) return undefined;
  console.error("Installing the other engines into test/bench/peers …");
  try {
    await run("npm", ["ci", "--ignore-scripts"], { cwd: folder, timeout: 600_000 });
    return undefined;
  } catch (error) {
    return `not installed: ${firstLine(error)}`;
  }
}

/** With a large stack: Rivet recurses along a chain, and 1,000 steps are too deep for the usual one. */
async function measure(peer: string, shape: string): Promise<z.infer<typeof resultSchema> | string> {
  try {
    const { stdout } = await run(process.execPath, ["--stack-size=7000", "run.js", peer, shape], {
      cwd: folder,
      timeout: 300_000,
    });
    return resultSchema.parse(JSON.parse(stdout.trim().split("\n").at(-1) ?? ""));
  } catch (error) {
    return `did not run: ${firstLine(error)}`;
  }
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const lines = text.split("\n");
  return (lines.find((line) => /^\w*Error: /.test(line)) ?? lines[0] ?? "").slice(0, 120);
}
