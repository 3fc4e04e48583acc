import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";
import { parseGraph } from "../../src/graph/document/parse.ts";
import { said } from "../support/in-english.ts";
import { catwalk } from "./launch-studio.ts";
import { openStudio } from "./open-studio.ts";
import { watchStatuses } from "./studio-page.ts";

const photo = fileURLToPath(new URL("../../examples/media/amber-serum.jpg", import.meta.url));

test.use({ viewport: { width: 1920, height: 1080 } });

const { studio, app } = openStudio({ forEach: true, speed: "60" });
test.beforeEach(() => console.log(`host: ${studio.host}`));

test("a pipeline built with the mouse runs, shows what it made, and runs again from its export", async ({
  page,
}) => {
  // Build it: drag from the palette, wire with the mouse.
  const upload = await app.dragFromPalette("Upload", { x: 180, y: 200 });
  const generate = await app.dragFromPalette("Generate video", { x: 500, y: 200 });
  const edit = await app.dragFromPalette("Trim", { x: 820, y: 200 });
  const publish = await app.dragFromPalette("Publish to TikTok", { x: 1140, y: 200 });
  await page.getByRole("button", { name: "Close drawer" }).click();
  await page.keyboard.press("Escape");

  await upload.locator('input[type="file"]').setInputFiles(photo);
  await expect(upload.locator("img")).toBeVisible();
  await generate.getByRole("textbox").first().fill("The bottle turns slowly in the evening light.");
  await app.wire({ card: upload, port: "out" }, { card: generate, port: "start_image" });
  await app.wire({ card: generate, port: "out" }, { card: edit, port: "video_0" });
  await app.wire({ card: edit, port: "out" }, { card: publish, port: "media" });
  await expect(page.locator(".react-flow__edge")).toHaveCount(3);
  await publish.getByRole("combobox").first().click();
  await page.getByRole("option", { name: /catwalk\.studio/ }).click();

  // Run it: each card goes through its statuses in order, and nothing runs before its input is there.
  const statuses = await watchStatuses(page);
  await app.run();
  for (const card of [upload, generate, edit, publish]) {
    await expect(card).toHaveAttribute("data-status", "succeeded");
  }
  await app.settled();
  const seen = await statuses();
  for (const card of [generate, edit, publish]) {
    const title = (await card.getAttribute("aria-label")) ?? "";
    // The upload may be over before the window hears of the run: then the first job is never seen to wait.
    const last = card === generate ? ["running", "succeeded"] : ["waiting", "running", "succeeded"];
    expect(seen[title]?.slice(-last.length), title).toEqual(last);
  }

  // Previews load and play.
  const picture = upload.locator("img").first();
  expect(await picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
  for (const card of [generate, edit]) {
    const video = card.locator("video");
    const poster = await video.evaluate(async (element: HTMLVideoElement) => {
      const image = new Image();
      image.src = element.poster;
      await image.decode();
      return image.naturalWidth;
    });
    expect(poster).toBeGreaterThan(0);
    await video.hover();
    await expect
      .poll(() => video.evaluate((element: HTMLVideoElement) => element.currentTime))
      .toBeGreaterThan(0);
  }

  // Export, reload, import: the same graph.
  const exported = await app.exportText();
  const graph = parseGraph(exported);
  if (!graph.ok) throw new Error(said(graph.reason.message));
  expect(graph.graph.edges).toHaveLength(3);
  await page.reload();
  await expect(page.locator("article[data-node-id]")).toHaveCount(4);
  await app.menu(/^New/);
  await expect(page.locator("article[data-node-id]")).toHaveCount(0);
  const chooser = page.waitForEvent("filechooser");
  await app.menu(/^Import/);
  await (await chooser).setFiles({
    name: "pipeline.json",
    mimeType: "application/json",
    buffer: Buffer.from(exported),
  });
  await expect(page.locator("article[data-node-id]")).toHaveCount(4);
  const again = parseGraph(await app.exportText());
  if (!again.ok) throw new Error(said(again.reason.message));
  expect({ ...again.graph, viewport: graph.graph.viewport }).toEqual(graph.graph);

  // With its media it runs headless from another folder, with a data folder of its own.
  const elsewhere = await mkdtemp(join(tmpdir(), "catwalk-elsewhere-"));
  await writeFile(join(elsewhere, "exported.json"), exported);
  const packed = await catwalk(["export", "exported.json", "--with-media", "packed", "--home", studio.home], {
    cwd: elsewhere,
  });
  expect(packed, packed.stderr).toMatchObject({ code: 0 });
  const graphFile = (await readdir(join(elsewhere, "packed"))).find((name) => name.endsWith(".json")) ?? "";
  const ran = await catwalk(
    ["run", join("packed", graphFile), "--home", join(elsewhere, "home"), "--speed", "max", "--out", "made"],
    { cwd: elsewhere },
  );
  expect(ran, ran.stderr + ran.stdout).toMatchObject({ code: 0 });
  expect(ran.stdout.trimEnd().split("\n").at(-1)).toMatch(
    /: done; steps=4 done=4 cached=0 failed=0 skipped=0 inDoubt=0$/,
  );
  expect(
    (await readdir(join(elsewhere, "made"))).filter((name) => name.endsWith(".mp4")).length,
  ).toBeGreaterThan(0);
  await rm(elsewhere, { recursive: true, force: true });
});
