import { readdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import sharp from "sharp";
import { expect, test } from "vitest";
import {
  type FaultFile,
  FaultFile as FaultFileSchema,
  faultsJsonSchema,
} from "../../../src/sandbox/faults.ts";
import { sandboxOptions } from "../../../src/sandbox/options.ts";
import { openSandbox, sandboxKey } from "../../support/sandbox.ts";
import { plainClient } from "./plainClient.ts";

const folder = new URL("../../../examples/faults/", import.meta.url);
const example = (name: string): FaultFile =>
  FaultFileSchema.parse(JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")));

/** A sandbox with one example fault, and an image create to try it on. */
async function withFault(name: string) {
  const sandbox = await openSandbox({ faults: example(name), mode: "legacy" });
  const api = plainClient(sandbox.url);
  return {
    api,
    sandbox,
    image: () =>
      api.send("POST", "/image/generate", { model: "z-image", prompt: "x", params: { aspectRatio: "1:1" } }),
    [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose](),
  };
}

/** Everything the server sends on a plain socket, and whether the connection was reset. */
function rawCreate(url: string): Promise<{ text: string; reset: boolean }> {
  const { port } = new URL(url);
  const body = JSON.stringify({ model: "z-image", prompt: "x" });
  return new Promise((resolve) => {
    let text = "";
    let reset = false;
    const socket = connect(Number(port), "127.0.0.1", () => {
      socket.write(
        `POST /api/v1/image/generate HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${sandboxKey()}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      );
    });
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("error", () => {
      reset = true;
    });
    socket.on("close", () => resolve({ text, reset }));
  });
}

const booked = async (api: ReturnType<typeof plainClient>): Promise<boolean> => {
  const { balanceMicrodollars, heldMicrodollars } = await api.get("/balance");
  return balanceMicrodollars - heldMicrodollars < 25_000_000;
};

test("every example is a valid faults file, and the schema beside them is the one in the code", () => {
  const names = readdirSync(folder).filter((name) => name !== "schema.json");
  expect(names.length).toBeGreaterThan(15);
  for (const name of names) expect(() => example(name.replace(".json", ""))).not.toThrow();
  expect(JSON.parse(readFileSync(new URL("schema.json", folder), "utf8"))).toEqual(faultsJsonSchema());
});

test("slow holds the answer back, slow-job the job", async () => {
  await using late = await withFault("slow");
  // A lower bound holds however busy the machine is.
  const startedAt = performance.now();
  expect((await late.image()).status).toBe(201);
  expect(performance.now() - startedAt).toBeGreaterThan(2900);
  await using job = await withFault("slow-job");
  const { inferenceJobId } = (await (await job.image()).json()) as { inferenceJobId: string };
  expect((await job.api.get(`/jobs/inference/${inferenceJobId}`)).status).toBe("in_progress");
});

test.each([
  [
    "failed",
    { status: "failed", errorCode: "provider_error", errorMessage: "The model refused this prompt." },
  ],
  ["canceled", { status: "canceled" }],
])("%s ends the job so, free of charge", async (name, ending) => {
  await using faulty = await withFault(name);
  const { inferenceJobId } = (await (await faulty.image()).json()) as { inferenceJobId: string };
  expect(await faulty.api.finished("inference", inferenceJobId)).toMatchObject({ ...ending, outputs: [] });
  expect(await booked(faulty.api)).toBe(false);
});

test("unknown-status is reported for a while and then the job goes on; a stuck job does not", async () => {
  await using faulty = await openSandbox({
    faults: {
      rules: [
        {
          match: { promptIncludes: "strange" },
          fault: { type: "unknownStatus", status: "waiting_for_gpu", ms: 300 },
        },
        { match: { promptIncludes: "stuck" }, fault: { type: "stuck" } },
      ],
    },
  });
  const api = plainClient(faulty.url);
  const create = async (prompt: string) =>
    (await api.post("/text/generate", { model: "openrouter-completion", prompt })).inferenceJobId;
  const [strange, stuck] = [await create("a strange thing"), await create("a stuck thing")];
  const { status, seen } = await api.finished("inference", strange);
  expect([status, seen[0]]).toEqual(["succeeded", "waiting_for_gpu"]);
  expect((await api.get(`/jobs/inference/${stuck}`)).status).toBe("in_progress");
});

test.each([
  ["rate-limit", 429, "rate_limit_exceeded", {}],
  ["rate-limit-retry-after", 429, "rate_limit_exceeded", { retryAfter: "2" }],
  ["unauthorized", 401, "unauthorized", {}],
] as const)(
  "%s refuses and books nothing",
  async (name, status, code, { retryAfter = null }: { retryAfter?: string | null }) => {
    await using faulty = await withFault(name);
    const response = await faulty.image();
    expect(response.status).toBe(status);
    expect(response.headers.get("retry-after")).toBe(retryAfter);
    expect(await response.json()).toMatchObject({ error: { code, message: expect.any(String) } });
    expect(await booked(faulty.api)).toBe(false);
  },
);

test("credits, conflict, throttling and server errors answer as documented, where their rules say", async () => {
  await using credits = await withFault("insufficient-credits");
  expect([
    (await credits.image()).status,
    (await credits.image()).status,
    (await credits.image()).status,
  ]).toEqual([201, 402, 201]);
  await using conflict = await withFault("conflict");
  expect(await conflict.api.post("/video/generate", {})).toMatchObject({
    status: 409,
    error: { code: "conflict" },
  });
  await using throttled = await withFault("throttled-defer-until");
  const answer = await throttled.api.post("/publish/tiktok", {});
  expect(answer).toMatchObject({ status: 429, error: { code: "throttled" } });
  expect(Date.parse(answer.error.deferUntil)).toBeGreaterThan(Date.now());
  await using errors = await withFault("server-error");
  const statuses = [];
  for (let i = 0; i < 40; i++) statuses.push((await errors.api.get("/jobs/inference/none")).status);
  const failures = statuses.filter((status) => status === 500).length;
  expect(failures).toBeGreaterThan(3);
  expect(failures).toBeLessThan(25);
});

test("reset-before books nothing, reset-after books the job; neither sends a byte", async () => {
  await using before = await withFault("reset-before");
  expect(await rawCreate(before.sandbox.url)).toEqual({ text: "", reset: true });
  expect(await booked(before.api)).toBe(false);
  await using after = await openSandbox({
    faults: { rules: [{ match: { kind: "image" }, fault: { type: "resetAfter" } }] },
  });
  expect(await rawCreate(after.url)).toEqual({ text: "", reset: true });
  expect(await booked(plainClient(after.url))).toBe(true);
});

test("cut-body, malformed-json, html and no-id leave the caller without an id", async () => {
  await using cut = await withFault("cut-body");
  const { text } = await rawCreate(cut.sandbox.url);
  const length = Number(/content-length: (\d+)/i.exec(text)?.[1]);
  expect(text.split("\r\n\r\n")[1]?.length).toBe(Math.ceil(length / 2));
  expect(await booked(cut.api)).toBe(true);

  await using malformed = await withFault("malformed-json");
  const response = await malformed.image();
  expect(response.headers.get("content-type")).toContain("application/json");
  await expect(response.json()).rejects.toThrow();
  expect(await booked(malformed.api)).toBe(true);

  await using html = await withFault("html");
  const page = await html.image();
  expect([page.status, page.headers.get("content-type")]).toEqual([502, "text/html; charset=utf-8"]);
  expect(await booked(html.api)).toBe(false);

  await using noId = await withFault("no-id");
  const answer = await noId.image();
  expect([answer.status, await answer.json()]).toEqual([201, { ok: true }]);
  expect(await booked(noId.api)).toBe(true);
});

test("media-gone names the media, and it stays gone while a fresh upload works", async () => {
  await using faulty = await withFault("media-gone");
  const bytes = new Uint8Array(
    await sharp({ create: { width: 8, height: 8, channels: 3, background: "#888" } })
      .png()
      .toBuffer(),
  );
  const upload = async (): Promise<string> => (await faulty.api.upload(bytes, "a.png", "image/png")).mediaId;
  const create = (mediaId: string) =>
    faulty.api.post("/image/generate", {
      model: "nano-banana-2",
      prompt: "x",
      attachmentMediaIds: [mediaId],
    });
  const gone = await upload();
  const refusal = { status: 404, error: { code: "not_found", message: expect.stringContaining(gone) } };
  expect(await create(gone)).toMatchObject(refusal);
  expect(await create(gone)).toMatchObject(refusal);
  expect((await create(await upload())).status).toBe(201);
});

test("a faults file that cannot be used is refused by name when flags are read", () => {
  expect(sandboxOptions.parse({ state: "x", speed: "max", port: "0" })).toMatchObject({
    speed: "max",
    port: 0,
    mode: "current",
    seed: 1,
  });
  const result = sandboxOptions.safeParse({ state: "x", faults: "/nowhere/faults.json" });
  expect(result.error?.issues[0]?.message).toContain("/nowhere/faults.json");
});
