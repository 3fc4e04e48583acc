import { randomBytes } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { sandboxAccounts } from "../../src/nodes/definition/sandbox-accounts.ts";
import { nodeOf, wireOf } from "../support/graph-builders.ts";
import { examplesFolder } from "../support/studio.ts";
import { openServer, openStudio } from "./open-studio.ts";
import { namedGraph } from "./studio-page.ts";

// Each goes on where the one before left the settings.
test.describe.configure({ mode: "serial" });

const key = `sk_${randomBytes(32).toString("hex")}`;

const { studio, app } = openStudio();
/** Costs money, as far as anybody can tell: the studio knows nothing of it but its address. */
const server = openServer();

const accountId = sandboxAccounts.find(({ platform }) => platform === "instagram")?.accountId;

const post = (name: string, prompt: string) =>
  namedGraph(
    name,
    [
      nodeOf(
        "picture",
        "generate",
        { family: "image", model: "z-image", prompt },
        { position: { x: 0, y: 0 } },
      ),
      nodeOf(
        "post",
        "publish",
        { platform: "instagram", accountId, caption: "Blue hour." },
        { position: { x: 400, y: 0 } },
      ),
    ],
    [wireOf("picture.out > post.media")],
  );

/** What was asked of the server that makes a job. */
const creates = async () =>
  (await server.posts()).map(({ path }) => path).filter((path) => /\/(generate|edit|publish)\b/.test(path));
const publishes = async () => (await creates()).filter((path) => path.includes("/publish"));
const reaches = (nodeId: string, status: string) =>
  expect(app.node(nodeId)).toHaveAttribute("data-status", status);

test("a key goes in, shows its last four characters, and the server is said aloud", async () => {
  const { page } = app;
  await app.chooseServer(server.url, key);
  await expect(page.getByRole("button", { name: /^Server: 127\.0\.0\.1/ })).toBeVisible();
  await page.getByRole("button", { name: /^Server: / }).click();
  const settings = page.getByRole("dialog", { name: "Settings" });
  await expect(settings.getByText(`Ends in ${key.slice(-4)}`)).toBeVisible();
  const field = settings.getByLabel("API key");
  await expect(field).toHaveValue("");
  await expect(field).toHaveAttribute("type", "password");
  await expect(field).toHaveAttribute("placeholder", "Replace the key");
});

test("a run on a real server asks once, with jobs, estimate and posts, and sends nothing before the yes", async () => {
  const { page } = app;
  await app.openGraph(post("Asked", "A harbour at dusk."));
  const before = await creates();
  await app.run();
  const consent = page.getByRole("dialog", { name: /^Run on 127\.0\.0\.1/ });
  await expect(consent).toBeVisible();
  await expect(consent).toContainText("1 job");
  await expect(consent).toContainText(/about \$0\.\d\d|less than \$0\.01/);
  await expect(consent.getByRole("region", { name: "Posts" })).toContainText("Blue hour.");
  await expect(consent.getByRole("region", { name: "Posts" })).toContainText("Instagram");
  await consent.getByRole("button", { name: "Do not run" }).click();
  await expect(consent).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Run", exact: true })).toBeEnabled();
  expect(await creates()).toEqual(before);
});

test("a photo that stops before its end is said on its card, and once more before the yes to pay", async () => {
  const { page } = app;
  await app.openGraph(
    namedGraph(
      "Half a photo",
      [
        nodeOf("photo", "upload", {}, { position: { x: 0, y: 0 } }),
        nodeOf(
          "picture",
          "generate",
          { family: "image", model: "nano-banana-2", prompt: "The same at night." },
          { position: { x: 400, y: 0 } },
        ),
      ],
      [wireOf("photo.out > picture.reference_images")],
    ),
  );
  const whole = await readFile(join(examplesFolder, "media", "dusk-ridges.jpg"));
  const buffer = whole.subarray(0, whole.length / 2);
  const half = { name: "half.jpg", mimeType: "image/jpeg", buffer };
  await app.node("photo").locator('input[type="file"]').setInputFiles(half);
  const words = "Only a part of the picture “half.jpg” is here: it stops before its end.";
  await expect(app.node("photo")).toContainText(words);
  await app.run();
  const consent = page.getByRole("dialog", { name: /^Run on 127\.0\.0\.1/ });
  await expect(consent).toContainText(words);
  await consent.getByRole("button", { name: "Do not run" }).click();
  await expect(consent).toHaveCount(0);
});

test("a post waits for a yes to exactly what it shows, and goes out once", async () => {
  const { page } = app;
  await app.openGraph(post("Approved", "A harbour in the morning."));
  const before = (await creates()).length;
  await app.run();
  await page
    .getByRole("dialog", { name: /^Run on/ })
    .getByRole("button", { name: /^Run/ })
    .click();
  await app.reviewPosts();
  const approval = page.getByRole("dialog", { name: /^Post to .+ on Instagram\?/ });
  await expect(approval).toContainText("Blue hour.");
  const picture = approval.getByRole("img", { name: "What would be posted" });
  await expect
    .poll(() => picture.evaluate((element: HTMLImageElement) => element.naturalWidth))
    .toBeGreaterThan(0);
  await reaches("post", "waiting-for-approval");
  expect((await creates()).slice(before)).toEqual([expect.stringContaining("/image/generate")]);
  await approval.getByRole("button", { name: "Approve and post" }).click();
  await reaches("post", "succeeded");
  await app.settled();
  expect((await publishes()).length).toBe(1);
  // This server is a sandbox, too: its post has no page to look at, so none is offered.
  await expect(app.node("post")).toContainText("Posted in the sandbox");
  await expect(app.node("post").getByRole("link")).toHaveCount(0);
  await expect(app.node("post").getByRole("img", { name: "Done" })).toBeVisible();
});

test("a post that is declined is skipped, and nothing goes out", async () => {
  const { page } = app;
  await app.openGraph(post("Declined", "A harbour at noon."));
  const before = (await publishes()).length;
  await app.run();
  await page
    .getByRole("dialog", { name: /^Run on/ })
    .getByRole("button", { name: /^Run/ })
    .click();
  await app.reviewPosts();
  const approval = page.getByRole("dialog", { name: /^Post to .+ on Instagram\?/ });
  await expect(approval).toBeVisible();
  // Put aside with Escape it goes on waiting, on the card and in the strip.
  await page.keyboard.press("Escape");
  await expect(approval).toHaveCount(0);
  const card = app.node("post").getByRole("region", { name: "Approval" });
  await expect(card).toContainText("Blue hour.");
  await expect(page.getByRole("button", { name: "Review post" })).toBeVisible();
  await card.getByRole("button", { name: "Skip" }).click();
  await reaches("post", "skipped");
  await app.settled();
  expect((await publishes()).length).toBe(before);
});

test("after a reload the key is found nowhere but in the file for secrets", async () => {
  const { page } = app;
  await app.openGraph(post("Searched", "A harbour in fog."));
  await app.run();
  await page
    .getByRole("dialog", { name: /^Run on/ })
    .getByRole("button", { name: /^Run/ })
    .click();
  await app.reviewPosts();
  await page
    .getByRole("dialog", { name: /^Post to/ })
    .getByRole("button", { name: "Skip this post" })
    .click();
  await reaches("post", "skipped");
  await page.reload();
  await reaches("post", "skipped");
  await page.getByRole("button", { name: /^Server: / }).click();
  await expect(page.getByText(`Ends in ${key.slice(-4)}`)).toBeVisible();

  const heap = await heapOf(page);
  // What the page does hold is found this way, so a key would be, too.
  expect(heap).toContain("Blue hour.");
  expect(heap).not.toContain(key);
  expect(await page.content()).not.toContain(key);
  await page.keyboard.press("Escape");
  await page.getByRole("tab", { name: "Log" }).click();
  const log = page.getByRole("tabpanel");
  await expect(log.getByRole("listitem").first()).toBeVisible();
  expect(await log.innerText()).not.toContain(key);
  expect(await app.exportText()).not.toContain(key);
  expect(
    await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }])),
  ).not.toContain(key);

  const holding: string[] = [];
  for (const entry of await readdir(studio.home, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && (await readFile(path)).includes(key)) holding.push(path);
  }
  expect(holding).toEqual([join(studio.home, "secrets.json")]);
  expect((await stat(join(studio.home, "secrets.json"))).mode & 0o777).toBe(0o600);
});

/** Everything the page holds in memory, as the browser itself writes it down. */
async function heapOf(page: Page): Promise<string> {
  const session = await page.context().newCDPSession(page);
  const chunks: string[] = [];
  session.on("HeapProfiler.addHeapSnapshotChunk", ({ chunk }) => chunks.push(chunk));
  await session.send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
  await session.detach();
  return chunks.join("");
}
