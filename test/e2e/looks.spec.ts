import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";
import productClip from "../../examples/product-clip.json" with { type: "json" };
import { sandboxAccounts } from "../../src/nodes/definition/sandbox-accounts.ts";
import { nodeOf, wireOf } from "../support/graph-builders.ts";
import { openServer, openStudio } from "./open-studio.ts";
import { namedGraph } from "./studio-page.ts";

/** `CATWALK_PICTURES=1 npx playwright test looks` takes the README's pictures anew; else nothing is written. */
const takesPictures = process.env["CATWALK_PICTURES"] === "1";
const folder = fileURLToPath(new URL("../../docs/pictures", import.meta.url));

test.use({ viewport: { width: 1600, height: 1000 }, colorScheme: "dark" });

const { app } = openStudio({ speed: takesPictures ? "20" : "60" });
const server = openServer();

test("first view, a run under way, its end, a small window, a light one, a post that waits", async ({
  page,
}) => {
  const reaches = (nodeId: string, status: string) =>
    expect(app.node(nodeId)).toHaveAttribute("data-status", status);
  const picture = async (name: string) => {
    if (!takesPictures) return;
    await mkdir(folder, { recursive: true });
    // Away from everything that answers to a pointer.
    await page.mouse.move(page.viewportSize()?.width ?? 0, 24);
    await page.evaluate(() => document.fonts.ready);
    await page.screenshot({ path: join(folder, `${name}.png`), animations: "disabled" });
  };
  const allDrawn = () =>
    expect
      .poll(() =>
        page.evaluate(() => [...document.images].every((image) => image.complete && image.naturalWidth > 0)),
      )
      .toBe(true);

  await expect(page.getByRole("list", { name: "Examples" }).getByRole("listitem")).toHaveCount(4);
  await expect(page.getByText("connecting…")).toHaveCount(0);
  await allDrawn();
  await picture("start");

  await page.getByRole("button", { name: /Product clip/ }).click();
  await reaches("photo", "idle");
  await page.keyboard.press("f");
  await app.run();
  await reaches("clip", "running");
  await expect(app.node("clip").getByRole("progressbar")).toBeVisible();
  await expect(app.node("scene").locator("img")).toBeVisible();
  await allDrawn();
  await picture("running");

  await reaches("tiktok", "succeeded");
  await reaches("instagram", "succeeded");
  await app.settled();
  await allDrawn();
  await app.head("title").click();
  await expect(page.getByRole("complementary")).toBeVisible();
  await picture("done");
  const dark = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);

  await page.emulateMedia({ colorScheme: "light" });
  await expect
    .poll(() => page.evaluate(() => getComputedStyle(document.body).backgroundColor))
    .not.toBe(dark);
  await picture("light");
  await page.emulateMedia({ colorScheme: "dark" });

  // In a small window the canvas keeps most of the width, even with a drawer and the inspector open.
  await page.setViewportSize({ width: 1280, height: 720 });
  const widthOfCanvas = async () => (await app.canvas.boundingBox())?.width ?? 0;
  expect(await widthOfCanvas()).toBeGreaterThanOrEqual(0.6 * 1280);
  await page.getByRole("button", { name: "Nodes", exact: true }).click();
  await expect(page.getByRole("region", { name: "Nodes" })).toBeVisible();
  await expect(page.getByRole("complementary")).toBeVisible();
  await expect.poll(widthOfCanvas).toBeGreaterThanOrEqual(0.6 * 1280);
  await picture("small");
  await page.getByRole("button", { name: "Close drawer" }).click();
  await page.setViewportSize({ width: 1600, height: 1000 });

  // The sandbox posts nowhere, so it does not ask; a server that knows nobody's word for it does.
  await app.chooseServer(server.url, `sk_${"7".repeat(64)}`);
  const photo = productClip.nodes.find(({ id }) => id === "photo");
  const account = sandboxAccounts.find(({ platform }) => platform === "instagram");
  await app.openGraph({
    ...namedGraph(
      "Evening post",
      [
        nodeOf("photo", "upload", photo?.data.params ?? {}, { position: { x: 0, y: 0 } }),
        nodeOf(
          "post",
          "publish",
          {
            platform: "instagram",
            accountId: account?.accountId,
            caption: "Glow, bottled. Three drops before bed.",
          },
          { position: { x: 400, y: 0 } },
        ),
      ],
      [wireOf("photo.out > post.media")],
    ),
    viewport: { x: 260, y: 90, zoom: 1 },
  });
  // What is said in passing would stand in the picture; it goes by itself.
  if (takesPictures) await expect(page.getByLabel("Dismiss")).toHaveCount(0);
  await app.run();
  await page
    .getByRole("dialog", { name: /^Run on/ })
    .getByRole("button", { name: /^Run/ })
    .click();
  await app.reviewPosts();
  const approval = page.getByRole("dialog", { name: /^Post to/ });
  await expect(approval).toBeVisible();
  await allDrawn();
  await picture("approval");
  await page.keyboard.press("Escape");
  await expect(approval).toHaveCount(0);
  await expect(app.node("post").getByRole("region", { name: "Approval" })).toContainText("Glow, bottled.");
  await allDrawn();
  await picture("approval-card");
  // Else it would wait in the next window, too.
  await app.node("post").getByRole("button", { name: "Skip" }).click();
  await app.settled();
});

test("in a slim window the inspector lies over the canvas, opened and closed by its key", async ({
  page,
}) => {
  await page.setViewportSize({ width: 800, height: 600 });
  await app.openGraph(namedGraph("Slim", [nodeOf("words", "prompt", { text: "A quiet harbour" })]));
  const inspector = page.getByRole("complementary", { name: "Inspector" });
  await app.head("words").click();
  await expect(inspector).toHaveCount(0);
  const before = await app.canvas.boundingBox();
  expect(before?.width).toBeGreaterThan(700);

  await page.keyboard.press("Control+\\");
  await expect(inspector.getByRole("textbox", { name: "Text" })).toHaveValue("A quiet harbour");
  expect(await app.canvas.boundingBox()).toEqual(before);
  await inspector.getByRole("textbox", { name: "Text" }).focus();
  await page.keyboard.press("Escape");
  await expect(inspector).toHaveCount(0);
  await page.getByRole("button", { name: "Show inspector" }).click();
  await page.getByRole("button", { name: "Close inspector" }).click();
  await expect(inspector).toHaveCount(0);

  // Where there is room it stands beside the canvas as ever.
  await page.setViewportSize({ width: 1280, height: 720 });
  await expect(inspector).toBeVisible();
});

test("zoomed out, cards without a picture say what they are about", async () => {
  const account = sandboxAccounts.find(({ platform }) => platform === "instagram");
  const post = {
    platform: "instagram",
    accountId: account?.accountId,
    caption: "Glow, bottled.",
    params: { product: "REELS" },
  };
  await app.openGraph({
    ...namedGraph("From afar", [
      nodeOf("words", "prompt", { text: "A quiet harbour at dawn" }),
      nodeOf("post", "publish", post, { position: { x: 400, y: 0 } }),
    ]),
    viewport: { x: 40, y: 40, zoom: 0.4 },
  });
  await expect(app.node("words")).toHaveAttribute("data-lod", "compact");
  await expect(app.node("words")).toContainText("A quiet harbour at dawn");
  await expect(app.node("post")).toContainText("@catwalk.studio");
  await expect(app.node("post")).toContainText("Instagram · Reel");
  await expect(app.node("post")).toContainText("Glow, bottled.");
});

test("an example opens whole and readable, also in a small window", async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 720 });
  await page.keyboard.press("Alt+n");
  await page
    .getByRole("list", { name: "Examples" })
    .getByRole("button", { name: /Product clip/ })
    .click();
  await expect(app.node("instagram")).toHaveAttribute("data-lod", "full");
  // The inspector lies beside the canvas, so what is within the canvas is seen.
  const canvas = await app.canvas.boundingBox();
  for (const card of await app.nodes.all()) {
    const box = await card.boundingBox();
    expect(box?.x).toBeGreaterThanOrEqual(canvas?.x ?? Number.NaN);
    expect(box?.y).toBeGreaterThanOrEqual(canvas?.y ?? Number.NaN);
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual((canvas?.x ?? 0) + (canvas?.width ?? 0));
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual((canvas?.y ?? 0) + (canvas?.height ?? 0));
  }
});
