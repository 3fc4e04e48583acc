import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { canMount, type Disk, openDisk } from "../support/disk.ts";
import { nodeOf } from "../support/graph-builders.ts";
import { type LaunchedStudio, launchSandbox, launchStudio } from "./launch-studio.ts";
import { namedGraph, studioPage } from "./studio-page.ts";

/** What a person sees when the data folder's disk is full, and when files of it are deleted. */

const words = () => namedGraph("On a full disk", [nodeOf("words", "prompt", { text: "A quiet harbour." })]);
const key = `sk_${"f".repeat(64)}`;

test.describe("A full disk", () => {
  test.skip(!canMount, "This machine lets nobody mount a small disk.");
  let disk: Disk;
  let studio: LaunchedStudio;
  test.beforeEach(async () => {
    disk = openDisk(24);
    studio = await launchStudio({ on: disk.path });
  });
  test.afterEach(async () => {
    await studio.close();
    disk[Symbol.dispose]();
  });

  test("edits that are not kept say why, can be exported, and are kept when there is room", async ({
    page,
  }) => {
    const app = studioPage(page);
    await app.open(studio.url);
    await app.openGraph(words());
    const text = app.node("words").getByRole("textbox");
    await expect(text).toHaveValue("A quiet harbour.");
    disk.fill();
    const long = "Not lost. ".repeat(3_000);
    await text.fill(long);
    const notice = page.getByRole("alert", { name: "Edits are not kept" });
    await expect(notice).toContainText("The disk that holds the data folder is full.");
    await expect(notice).toContainText("Free some space");
    expect(await app.exportText()).toContain("Not lost. Not lost.");

    await page.keyboard.press("Alt+n");
    const dialog = page.getByRole("dialog", { name: /is not kept yet/ });
    await expect(dialog).toContainText("full");
    await expect(dialog.getByRole("button", { name: "Export graph" })).toBeVisible();
    await dialog.getByRole("button", { name: "Close" }).last().click();
    await expect(text).toHaveValue(long);

    disk.empty();
    await notice.getByRole("button", { name: "Try again" }).click();
    await expect(notice).toHaveCount(0);
    await page.reload();
    await expect(app.node("words").getByRole("textbox")).toHaveValue(long);
  });

  test("a run that cannot be written down stops with a word, and goes on when there is room", async ({
    page,
  }) => {
    const sandbox = await launchSandbox({ speed: "6" });
    const app = studioPage(page);
    await app.open(studio.url);
    await app.chooseServer(sandbox.url, key);
    await app.openGraph(
      namedGraph(
        "Stopped",
        ["a", "b", "c"].map((id, index) =>
          nodeOf(
            id,
            "generate",
            { family: "image", model: "nano-banana-2", prompt: `Picture ${id}` },
            { position: { x: index * 340, y: 0 } },
          ),
        ),
      ),
    );
    await app.run();
    await page
      .getByRole("dialog")
      .getByRole("button", { name: /^(Run|Start)/ })
      .last()
      .click();
    await expect(app.node("a")).toHaveAttribute("data-status", "running");
    disk.fill();
    const offer = page.getByRole("alert", { name: "Interrupted runs" });
    await expect(offer).toContainText("was stopped.");
    await expect(offer).toContainText("The disk that holds the data folder is full.");
    disk.empty();
    await offer.getByRole("button", { name: "Resume" }).click();
    const dialog = page.getByRole("dialog");
    if (await dialog.isVisible())
      await dialog
        .getByRole("button", { name: /^(Resume|Run|Start|Go)/ })
        .last()
        .click();
    for (const id of ["a", "b", "c"])
      await expect(app.node(id)).toHaveAttribute("data-status", /succeeded|in-doubt/);
    const made = (await sandbox.posts()).filter(({ path }) => path.endsWith("/generate"));
    expect(made.length).toBeLessThanOrEqual(3);
    await sandbox.close();
  });
});

test("a result whose file was deleted says so on its card", async ({ page, browser }) => {
  const studio = await launchStudio({});
  const app = studioPage(page);
  await app.open(studio.url);
  await app.openGraph(
    namedGraph("Deleted", [
      nodeOf("picture", "generate", { family: "image", model: "nano-banana-2", prompt: "A harbour" }),
    ]),
  );
  await app.run();
  await expect(app.node("picture").locator("img")).toBeVisible();
  await rm(join(studio.home, "media"), { recursive: true });
  await rm(join(studio.home, "cache"), { recursive: true, force: true });
  // A browser that has not seen the picture: the other one still has it.
  const context = await browser.newContext();
  const fresh = await context.newPage();
  await fresh.goto(studio.url);
  await expect(fresh.locator('[data-node-id="picture"]')).toContainText(
    "Its file is no longer in the library",
  );
  await context.close();
  await studio.close();
});

test("a job that cannot be looked at says why on its card, and goes on when it can", async ({ page }) => {
  const revoked = { match: { method: "GET", path: "/jobs/**" }, times: 3 } as const;
  const studio = await launchStudio({ faults: [{ ...revoked, fault: { type: "unauthorized" } }] });
  const app = studioPage(page);
  await app.open(studio.url);
  await app.openGraph(
    namedGraph("Revoked", [
      nodeOf("picture", "generate", { family: "image", model: "nano-banana-2", prompt: "A harbour" }),
    ]),
  );
  await app.run();
  await expect(app.node("picture")).toContainText("No answer about the job");
  await expect(app.node("picture")).toContainText("HTTP 401");
  await expect(app.node("picture")).toContainText("Check the API key");
  await expect(app.node("picture")).toHaveAttribute("data-status", "succeeded", { timeout: 60_000 });
  await expect(app.node("picture").locator("img")).toBeVisible();
  await expect(app.node("picture")).not.toContainText("No answer about the job");
  await studio.close();
});
