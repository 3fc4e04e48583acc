import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { catwalk, cliTimeout, openWorkFolder, photo, startCatwalk } from "../support/catwalk-cli.ts";
import { examplesFolder } from "../support/studio.ts";
import { plainClient } from "../unit/sandbox/plainClient.ts";

/** `catwalk sandbox` as a stranger meets it: a process that listens, and `fetch`. */

test.each(["SIGINT", "SIGKILL"] as const)(
  "Ended by %s in the middle of jobs and started again on the same state, it has lost nothing",
  cliTimeout,
  async (signal) => {
    await using work = await openWorkFolder();
    const state = join(work.path, "state");
    const log = join(work.path, "requests.jsonl");
    const start = async () => {
      const process = startCatwalk([
        ...["sandbox", "--mode", "legacy", "--port", "0", "--state", state, "--log", log, "--speed", "40"],
      ]);
      const [, url = ""] = await process.until(/^listening (http:\/\/127\.0\.0\.1:\d+\/api\/v1)\n/);
      return { ...process, api: plainClient(url) };
    };

    const first = await start();
    const bytes = new Uint8Array(await readFile(join(examplesFolder, "media", "amber-serum.jpg")));
    const { mediaId } = await first.api.upload(bytes, photo.name, photo.mimeType);
    const image = await first.api.post("/image/generate", { model: "nano-banana-2", prompt: "A harbour" });
    const edit = await first.api.post("/video/edit", {
      ...{ operation: "trim", mediaIds: [mediaId] },
      params: { trimStartMs: 0, trimEndMs: 5000 },
    });
    const { accounts } = await first.api.get("/instagram/accounts");
    const post = await first.api.post("/publish/instagram", {
      ...{ mediaId, instagramAccountId: accounts[0].instagramAccountId, caption: "Dawn" },
    });
    const before = await first.api.get(`/jobs/inference/${image.inferenceJobId}`);
    expect(["idle", "locked", "in_progress"]).toContain(before.status);
    first.child.kill(signal);
    expect((await first.end).code).toBe(signal === "SIGINT" ? 0 : null);

    const second = await start();
    const made = await second.api.finished("inference", image.inferenceJobId);
    expect(made).toMatchObject({ status: "succeeded", createdAt: before.createdAt });
    expect((await fetch(made.outputs[0].media.url)).status).toBe(200);
    const edited = await second.api.finished("editor", edit.editorJobId);
    expect(edited.status).toBe("succeeded");
    expect((await fetch(edited.outputs[0].url)).headers.get("content-type")).toBe("video/mp4");
    expect(await second.api.finished("publish", post.outputJobId)).toMatchObject({ status: "succeeded" });
    expect((await stat(join(state, "posts", post.outputJobId, "post.json"))).isFile()).toBe(true);

    // Two on one state would spoil it; the second says so and goes.
    const third = await catwalk(["sandbox", "--port", "0", "--state", state]);
    expect(third).toMatchObject({ code: 2, stdout: "" });
    expect(third.stderr).toContain("Another sandbox is using the state folder");
    second.child.kill("SIGTERM");
    expect((await second.end).code).toBe(0);
  },
);
