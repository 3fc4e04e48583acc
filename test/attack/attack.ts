/**
 * `npm run test:attack -- --messages N --graphs N --seed S`: what a page or program that is signed in may send to a
 * running studio, with things wrong in it. Exits with 1 when the host ended or wrote where it must not, when a message
 * took more than a second of its processor, or when one was never answered.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createRandom } from "../../src/sandbox/media/random.ts";
import { openWorkFolder } from "../support/catwalk-cli.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";
import { brokenFrames, brokenImports, sendBroken } from "../support/hostile-bytes.ts";
import { openRawSocket, type RawSocket, textFrame } from "../support/raw-socket.ts";
import { examplesFolder } from "../support/studio.ts";
import { serveStudio } from "../support/web-client.ts";
import { mutated } from "./mutate.ts";

const { values } = parseArgs({
  options: {
    messages: { type: "string", default: "5000" },
    graphs: { type: "string", default: "5000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const [messages, graphs, seed] = [values.messages, values.graphs, values.seed].map(Number) as [
  number,
  number,
  number,
]; // three in, three out
if (![messages, graphs, seed].every((number) => Number.isInteger(number) && number >= 0)) {
  process.stderr.write("Give whole numbers: --messages N --graphs N --seed S\n");
  process.exit(2);
}

/** Most that one message may take of the host's processor, in milliseconds. */
const MOST_CPU_MS = 1_000;
/** A socket carries so many messages, so that streams that were opened by chance do not pile up. */
const PER_SOCKET = 100;

const random = createRandom(`attack ${seed}`);
const began = performance.now();
await using work = await openWorkFolder();
const photo = await work.addPhoto();
const studio = await serveStudio(work.home, ["--speed", "max"]);
const before = await outside();
const faults: string[] = [];
const figures = {
  messages: 0,
  calls: 0,
  graphs: 0,
  frames: 0,
  imports: 0,
  answers: 0,
  closed: 0,
  slowestCpuMs: 0,
};
process.stdout.write(`seed ${seed}\n`);

const graph = graphOf(
  [
    nodeOf("photo", "upload", { file: photo }),
    nodeOf("t", "table", {
      columns: [{ name: "name", type: "text" }],
      rows: [{ key: "a", cells: { name: "a" } }],
    }),
    nodeOf("picture", "generate", { family: "image", model: "nano-banana-2", prompt: "A {{name}}" }),
    nodeOf("cut", "edit", { operation: "imageCrop", params: { aspectRatio: "1:1" } }),
    nodeOf("keep", "save", { name: "cut" }),
  ],
  ["picture.out > cut.image_0", "cut.out > keep.in"],
);
const graphText = JSON.stringify(graph);
const calls: readonly [readonly [string, unknown], ...(readonly [string, unknown])[]] = [
  ["studio/info", undefined],
  ["studio/watch", undefined],
  ["catalogue/get", undefined],
  ["documents/restore", undefined],
  ["documents/keep", { graph, base: 0, revision: 1 }],
  ["documents/save", { graph }],
  ["documents/load", { id: graph.id }],
  ["documents/remove", { id: graph.id }],
  ["documents/importText", { text: graphText, name: "a.json" }],
  ["documents/exportText", { graph }],
  ["documents/openExample", { id: "quick-picture" }],
  ["graphs/check", { graph }],
  ["graphs/preflight", { graph, selection: { kind: "to", nodeIds: ["keep"] } }],
  ["runs/start", { handle: "guess" }],
  ["runs/list", { limit: 10 }],
  ["runs/log", { runId: "r", afterSeq: 0, limit: 10 }],
  ["runs/watch", { runId: "r" }],
  ["runs/retry", { runId: "r", stepId: "s" }],
  ["history/list", { search: "a", limit: 10 }],
  ["history/cleanUpPreview", { days: 1 }],
  ["history/openGraph", { runId: "r" }],
  ["ledger/list", { search: "a" }],
  ["ledger/settle", { runId: "r", stepId: "s", attempt: 1, as: "sent" }],
  ["gallery/list", { search: "a", limit: 10 }],
  ["takes/ofNode", { graphId: graph.id, nodeId: "picture" }],
  ["queue/setLimit", { limit: 1 }],
  ["preferences/set", { name: "theme", value: { a: [1, 2, 3] } }],
  ["connection/choose", { server: { kind: "sandbox" } }],
];

/** Of the host's own processor so far; undefined where the system does not say. */
async function hostCpuMs(): Promise<number | undefined> {
  const stat = await readFile(`/proc/${studio.process.child.pid}/stat`, "utf8").catch(() => undefined);
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  // User and system time, in hundredths of a second.
  return fields && (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Everything beside the data folder: nothing there is the host's to write. */
async function outside(): Promise<string> {
  const names = await readdir(work.path, { recursive: true });
  return JSON.stringify(names.filter((name) => name !== "home" && !name.startsWith("home/")).sort());
}

function isAlive(): boolean {
  return studio.process.child.exitCode === null && studio.process.child.signalCode === null;
}

let socket: RawSocket | undefined;
let onSocket = 0;
let turn = 0;

/** Sends one message, and then a call whose answer says that the host is done with it. */
async function send(text: string, what: string): Promise<void> {
  if (!socket || socket.socket.destroyed || onSocket >= PER_SOCKET) {
    socket?.socket.destroy();
    socket = await openRawSocket(`${studio.base}rpc`, studio.headers);
    onSocket = 0;
  }
  onSocket++;
  const id = `after-${turn++}`;
  const cpu = await hostCpuMs();
  socket.send(textFrame(text), textFrame(JSON.stringify({ i: id, p: { u: "/studio/info" } })));
  const answered = socket.until(new RegExp(`"i":"${id}"`)).then(
    () => "answer" as const,
    () => "closed" as const,
  );
  const timer = Promise.withResolvers<"silence">();
  const late = setTimeout(() => timer.resolve("silence"), 120_000);
  const end = await Promise.race([answered, timer.promise]);
  clearTimeout(late);
  if (end === "answer") figures.answers++;
  if (end === "closed") figures.closed++;
  if (end === "silence") faults.push(`never answered: ${what} ${text.slice(0, 300)}`);
  const used = (await hostCpuMs()) ?? 0;
  const spent = cpu === undefined ? 0 : used - cpu;
  figures.slowestCpuMs = Math.max(figures.slowestCpuMs, spent);
  if (spent > MOST_CPU_MS) faults.push(`took ${spent} ms of the processor: ${what} ${text.slice(0, 300)}`);
}

/** Makes one call by HTTP. Whatever is wrong with it, the mistake is not the host's own. */
async function post(path: string, body: string): Promise<void> {
  const answer = await fetch(`${studio.base}api/${path}`, {
    method: "POST",
    headers: { ...studio.headers, "content-type": "application/json" },
    body,
    signal: AbortSignal.timeout(120_000),
  }).catch((error: unknown) => String(error));
  figures.calls++;
  if (typeof answer === "string")
    faults.push(`never answered by HTTP: ${path} ${body.slice(0, 300)}: ${answer}`);
  else if (answer.status >= 500)
    faults.push(`${answer.status}: ${path} ${body.slice(0, 300)} ${await answer.text()}`);
  else await answer.body?.cancel();
}

for (; figures.messages < messages && isAlive(); figures.messages++) {
  const [path, json] = random.pick(calls);
  if (json !== undefined) await post(path, mutated(json, random));
  const message = {
    i: `m${figures.messages}`,
    p: { u: `/${path}`, ...(json === undefined ? {} : { b: { json, meta: [] } }) },
  };
  await send(mutated(message, random), path);
}

const texts = [graphText];
for (const name of await readdir(examplesFolder))
  if (name.endsWith(".json")) texts.push(await readFile(join(examplesFolder, name), "utf8"));
const files = texts.map((text): unknown => JSON.parse(text));
for (; figures.graphs < graphs && isAlive(); figures.graphs++) {
  const file = files[random.int(0, files.length - 1)];
  const json = { text: mutated(file, random), name: "graph.json" };
  const message = { i: `g${figures.graphs}`, p: { u: "/documents/importText", b: { json, meta: [] } } };
  await send(JSON.stringify(message), "graph file");
}
socket?.socket.destroy();

const rounds = Math.max(1, Math.round(messages / 500));
for (let round = 0; round < rounds; round++) {
  for (const [, , frames] of brokenFrames) {
    if (!isAlive()) break;
    const raw = await openRawSocket(`${studio.base}rpc`, studio.headers);
    raw.send(...frames);
    await raw.closed;
    figures.frames++;
  }
  for (const [, broken] of brokenImports) {
    if (!isAlive()) break;
    await sendBroken(studio, broken);
    figures.imports++;
  }
}

if (!isAlive()) faults.push("the host ended");
else if ((await studio.client.studio.info()).host !== "web") faults.push("the host answers nonsense");
const isInFolder = (await outside()) === before;
if (!isInFolder) faults.push(`files outside the data folder: ${await outside()}`);
await studio[Symbol.asyncDispose]();
const { stderr } = await studio.process.end;
if (/Catwalk met an error/.test(stderr))
  faults.push(`an error nothing was ready for: ${stderr.slice(0, 2_000)}`);
for (const fault of faults.slice(0, 20)) process.stdout.write(`${fault}\n`);
process.stdout.write(
  `attack: seed=${seed} messages=${figures.messages} calls=${figures.calls} graphs=${figures.graphs} frames=${figures.frames} imports=${figures.imports} ` +
    `answers=${figures.answers} closed=${figures.closed} slowestCpuMs=${figures.slowestCpuMs} faults=${faults.length} ` +
    `seconds=${Math.round((performance.now() - began) / 1000)}\n`,
);
process.exitCode = faults.length === 0 ? 0 : 1;
