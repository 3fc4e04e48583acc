import { readFileSync } from "node:fs";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openApiText } from "../../scripts/openapi.ts";
import { emptyGraph } from "../../src/graph/document/schema.ts";
import type { Preflight, RunMessage, RunSummary } from "../../src/studio/contract.ts";
import { cliTimeout, openWorkFolder } from "../support/catwalk-cli.ts";
import { nodeOf } from "../support/graph-builders.ts";
import { type ServedStudio, serveStudio } from "../support/web-client.ts";

/** Calls as `docs/openapi.json` describes them, made by nothing but `fetch`. */

const written = readFileSync(new URL("../../docs/openapi.json", import.meta.url), "utf8");

type Content = { readonly [type: string]: { readonly schema: { readonly description?: string } } };
type Operation = {
  readonly requestBody?: { readonly content: Content };
  readonly responses: { readonly [status: string]: { readonly content?: Content; readonly $ref?: string } };
};
const document: { readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } } } =
  JSON.parse(written);

const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema(document, "openapi");
const validators = new Map<string, ValidateFunction>();
/** By its place in the document. */
function schemaAt(...place: readonly string[]): ValidateFunction {
  const pointer = place.map((part) => part.replaceAll("~", "~0").replaceAll("/", "~1")).join("/");
  const known = validators.get(pointer) ?? ajv.compile({ $ref: `openapi#/${pointer}` });
  validators.set(pointer, known);
  return known;
}

let work: Awaited<ReturnType<typeof openWorkFolder>>;
let studio: ServedStudio;

beforeAll(async () => {
  work = await openWorkFolder();
  studio = await serveStudio(work.home, ["--speed", "max"]);
}, cliTimeout.timeout);
afterAll(async () => {
  await studio[Symbol.asyncDispose]();
  await work[Symbol.asyncDispose]();
});

/** Makes the one call that the document has at a path, and holds input and answer to what it says of them. */
async function call<Answer>(path: string, input?: object): Promise<{ status: number; body: Answer }> {
  const [[method, operation] = ["", undefined]] = Object.entries(document.paths[path] ?? {});
  if (!operation) throw new Error(`The document has no ${path}.`);
  expect(operation.requestBody === undefined).toBe(input === undefined);
  if (input !== undefined)
    expectValid(
      schemaAt("paths", path, method, "requestBody", "content", "application/json", "schema"),
      input,
    );
  const response = await fetch(`${studio.base}api${path}`, {
    method: method.toUpperCase(),
    headers: { ...studio.headers, ...(input && { "content-type": "application/json" }) },
    ...(input && { body: JSON.stringify(input) }),
  });
  const text = await response.text();
  const body = text === "" ? undefined : JSON.parse(text);
  const { status } = response;
  const described = operation.responses[status];
  if (!described) throw new Error(`${path} answered ${status}, which the document does not have: ${text}`);
  const place = described.$ref?.slice(2).split("/") ?? ["paths", path, method, "responses", `${status}`];
  const schema = described.content?.["application/json"]?.schema;
  if (body === undefined) expect(schema?.description ?? "Without a body").toMatch(/^Without a body/);
  else if (described.$ref || schema)
    expectValid(schemaAt(...place, "content", "application/json", "schema"), body);
  else throw new Error(`${path} answers ${text}, of which the document says nothing.`);
  return { status, body };
}

function expectValid(validate: ValidateFunction, value: unknown): void {
  expect(validate(value), ajv.errorsText(validate.errors)).toBe(true);
}

test("docs/openapi.json is current; `npm run docs` writes it", async () => {
  expect(written).toBe(await openApiText());
});

test("a program looks, starts, watches and reads a run as docs/openapi.json says", cliTimeout, async () => {
  const { body: info } = await call<{ host: string }>("/studio/info");
  expect(info.host).toBe("web");
  for (const path of ["/connection/get", "/catalogue/get", "/documents/list", "/storage/usage"])
    expect((await call(path)).status).toBe(200);

  const graph = {
    ...emptyGraph(crypto.randomUUID(), "By HTTP"),
    nodes: [nodeOf("gen", "generate", { family: "image", model: "nano-banana-2", prompt: "a lighthouse" })],
  };
  const { body: look } = await call<Preflight>("/graphs/preflight", { graph });
  expect(look).toMatchObject({ problems: [], jobs: { generate: 1 } });
  const { body: started } = await call<{ runId: string }>("/runs/start", { handle: look.handle });
  // Given back twice, it starts nothing: whatever was lost on the way, the run is there once.
  expect(await call("/runs/start", { handle: look.handle })).toMatchObject({
    status: 409,
    body: { code: "REFUSED", data: { code: "preflight-void" } },
  });

  const messages = await watch("/runs/watch", { runId: started.runId }, (message: RunMessage) =>
    message.type === "events"
      ? message.events.some(({ type }) => type === "run-settled")
      : message.type === "snapshot" && message.snapshot.status === "done",
  );
  expect(messages[0]?.type).toBe("snapshot");
  const { body: runs } = await call<readonly RunSummary[]>("/runs/list", { graphId: graph.id });
  expect(runs).toMatchObject([{ runId: started.runId, status: "done", done: 1 }]);
  expect((await call<unknown[]>("/runs/log", { runId: started.runId })).body.length).toBeGreaterThan(5);
  for (const path of ["/history/list", "/gallery/list"]) expect((await call(path, {})).status).toBe(200);
  expect((await call("/takes/get", { takeId: "none" })).body).toBeUndefined();
  expect((await call("/history/run", { runId: "none" })).status).toBe(409);
});

/** Reads an event stream until a message is the last that is waited for; every one is held to the document. */
async function watch<Message>(
  path: string,
  input: object,
  isLast: (message: Message) => boolean,
): Promise<readonly Message[]> {
  const validate = schemaAt(
    "paths",
    path,
    "post",
    "responses",
    "200",
    "content",
    "text/event-stream",
    "schema",
  );
  const ended = new AbortController();
  const response = await fetch(`${studio.base}api${path}`, {
    method: "POST",
    headers: { ...studio.headers, "content-type": "application/json" },
    body: JSON.stringify(input),
    signal: ended.signal,
  });
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  const messages: Message[] = [];
  let text = "";
  for await (const bytes of response.body ?? []) {
    text += new TextDecoder().decode(bytes);
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: (.*)/s, 2)));
      if (fields["event"] === undefined) continue;
      const data = JSON.parse(fields["data"]);
      expectValid(validate, { ...fields, data });
      messages.push(data);
    }
    if (messages.some(isLast)) break;
  }
  ended.abort();
  return messages;
}

const post = (path: string, init: RequestInit) => fetch(`${studio.base}${path}`, { method: "POST", ...init });

test("calls by HTTP pass the guards of the window's socket", cliTimeout, async () => {
  const { cookie, origin } = studio.headers;
  const json = { "content-type": "application/json" };
  expect((await post("api/studio/info", { headers: { origin } })).status).toBe(401);
  expect((await post("api/studio/info", { headers: { cookie } })).status).toBe(403);
  expect((await post("api/studio/info", { headers: { cookie, origin: "http://evil.example" } })).status).toBe(
    403,
  );
  expect(
    (await fetch(new URL("/api/studio/info", studio.base), { method: "POST", headers: { cookie, origin } }))
      .status,
  ).toBe(401);
  // No form of another page can be a call.
  for (const type of ["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"])
    expect(
      (await post("api/runs/list", { headers: { ...studio.headers, "content-type": type }, body: "limit=1" }))
        .status,
    ).toBe(415);
  const send = (path: string, body: string) =>
    post(`api${path}`, { headers: { ...studio.headers, ...json }, body });
  expect((await send("/runs/list", '{"limit":')).status).toBe(400);
  expect((await send("/runs/list", '{"limit":0}')).status).toBe(400);
  const deep = await send("/graphs/check", `{"graph":${"[".repeat(5_000)}${"]".repeat(5_000)}}`);
  expect([deep.status, await deep.json()]).toMatchObject([
    409,
    { code: "REFUSED", data: { code: "too-deep" } },
  ]);
  expect((await send("/runs/none", "{}")).status).toBe(404);
  expect((await fetch(`${studio.base}api/studio/info`, { headers: studio.headers })).status).toBe(404);
  expect((await send("/runs/list", `{"a":"${"x".repeat(33 * 1024 * 1024)}"}`)).status).toBe(413);
});
