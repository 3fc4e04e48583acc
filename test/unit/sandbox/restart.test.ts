import { spawn } from "node:child_process";
import { once } from "node:events";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { openSandbox, temporaryFolder } from "../../support/sandbox.ts";
import { plainClient } from "./plainClient.ts";

const picture = async () =>
  new Uint8Array(
    await sharp({ create: { width: 64, height: 64, channels: 3, background: "#888" } })
      .png()
      .toBuffer(),
  );

test("jobs under way when the sandbox stops are finished by the next one on the same state", async () => {
  await using folder = await temporaryFolder();
  const settings = { mode: "legacy", stateDir: folder.path, speed: 60 } as const;
  const first = await openSandbox(settings);
  const before = plainClient(first.url);
  const { mediaId } = await before.upload(await picture(), "a.png", "image/png");
  const { accounts } = await before.get("/instagram/accounts");
  const image = await before.post("/image/generate", { model: "z-image", prompt: "x" });
  const edit = await before.post("/video/edit", {
    operation: "trim",
    mediaIds: [mediaId],
    params: { trimStartMs: 0, trimEndMs: 400 },
  });
  const post = await before.post("/publish/instagram", {
    mediaId,
    instagramAccountId: accounts[0].instagramAccountId,
  });
  const { createdAt, status } = await before.get(`/jobs/inference/${image.inferenceJobId}`);
  expect(["idle", "locked", "in_progress"]).toContain(status);
  await first[Symbol.asyncDispose]();

  await using second = await openSandbox(settings);
  const after = plainClient(second.url);
  const [made, edited, posted] = [
    await after.finished("inference", image.inferenceJobId),
    await after.finished("editor", edit.editorJobId),
    await after.finished("publish", post.outputJobId),
  ];
  expect([made.status, edited.status, posted.status]).toEqual(["succeeded", "succeeded", "succeeded"]);
  expect(made.createdAt).toBe(createdAt);
  expect((await fetch(made.outputs[0].media.url)).status).toBe(200);
  expect((await after.get(`/media/${mediaId}`)).url).toContain(second.url.replace("/api/v1", ""));
  expect((await stat(join(folder.path, "posts", post.outputJobId, "post.json"))).isFile()).toBe(true);
});

test("time is the stored one: what came due while nothing ran is done soon after the start", async () => {
  await using folder = await temporaryFolder();
  let now = 1_800_000_000_000;
  const waiting: { at: number; callback: () => void }[] = [];
  const clock = {
    now: () => now,
    setTimeout: (callback: () => void, ms: number) => {
      const entry = { at: now + ms, callback };
      waiting.push(entry);
      return entry;
    },
    clearTimeout: (entry: unknown) => {
      const at = waiting.findIndex((each) => each === entry);
      if (at >= 0) waiting.splice(at, 1);
    },
  };
  const pass = (ms: number): void => {
    now += ms;
    for (const entry of waiting.filter(({ at }) => at <= now)) {
      waiting.splice(waiting.indexOf(entry), 1);
      entry.callback();
    }
  };
  const first = await openSandbox({ stateDir: folder.path, speed: 1, clock });
  const { inferenceJobId } = await plainClient(first.url).post("/image/generate", {
    model: "z-image",
    prompt: "x",
  });
  const statuses: string[] = [];
  for (let seconds = 0; seconds < 12; seconds++) {
    const { status } = await plainClient(first.url).get(`/jobs/inference/${inferenceJobId}`);
    if (statuses.at(-1) !== status) statuses.push(status);
    pass(1000);
  }
  expect(statuses).toEqual(["idle", "locked", "in_progress"]);
  await first[Symbol.asyncDispose]();
  now += 3_600_000;
  await using second = await openSandbox({ stateDir: folder.path, speed: 1, clock });
  pass(0);
  expect(await plainClient(second.url).finished("inference", inferenceJobId)).toMatchObject({
    status: "succeeded",
  });
});

test("the process says where it listens and ends with its parent", async () => {
  await using folder = await temporaryFolder();
  const entry = new URL("../../../src/sandbox/main.ts", import.meta.url).pathname;
  const child = spawn(
    process.execPath,
    [entry, "--mode", "legacy", "--state", folder.path, "--with-parent"],
    {
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  const [line] = await once(child.stdout, "data");
  expect(String(line)).toMatch(/^listening http:\/\/127\.0\.0\.1:\d+\/api\/v1\n$/);
  const url = String(line).trim().split(" ")[1] ?? "";
  expect((await plainClient(url).get("/auth/whoami")).status).toBe(200);
  child.stdin.end();
  expect(await once(child, "exit")).toEqual([0, null]);
});

test("flags that make no sense end the process with exit code 2 and a reason", async () => {
  const entry = new URL("../../../src/sandbox/main.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [entry, "--state", "x", "--speed=-3"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let words = "";
  child.stderr.on("data", (chunk) => {
    words += chunk;
  });
  expect(await once(child, "close")).toEqual([2, null]);
  expect(words).toContain("speed");
});
