import { expect, test } from "@playwright/test";
import { nodeOf } from "../support/graph-builders.ts";
import { openStudio } from "./open-studio.ts";
import { namedGraph } from "./studio-page.ts";

const { app } = openStudio();

test("results are found in the gallery, tell how they were made, go back onto the canvas, and are deleted by keys", async ({
  page,
}) => {
  await app.openGraph(
    namedGraph(
      "Harbour",
      [
        nodeOf("picture", "generate", { family: "image", model: "nano-banana-2", prompt: "A quiet harbour" }),
        nodeOf(
          "cut",
          "edit",
          { operation: "imageCrop", params: { aspectRatio: "1:1" } },
          { position: { x: 400, y: 0 } },
        ),
      ],
      ["picture.out > cut.image_0"],
    ),
  );
  const gallery = page.getByRole("region", { name: "Gallery" });
  await page.keyboard.press("Alt+2");
  await expect(gallery.getByText("What runs make is kept here", { exact: false })).toBeVisible();
  await app.run();
  await expect(app.node("cut")).toHaveAttribute("data-status", "succeeded");
  await app.settled();
  const tiles = gallery.getByRole("list", { name: "Media" }).getByRole("button");
  await expect(tiles).toHaveCount(2);
  await expect(tiles.first()).toHaveAccessibleName("Crop image, image");
  const search = gallery.getByRole("searchbox", { name: "Search the gallery" });
  await search.fill("harbour nano");
  await expect(tiles).toHaveCount(1);
  await expect(tiles.first()).toHaveAccessibleName("Generate image, image");
  await search.fill("");
  await expect(tiles).toHaveCount(2);

  // By keys: along the grid, open, to the recipe of what it was made from, and back.
  await tiles.nth(1).focus();
  await page.keyboard.press("ArrowLeft");
  await expect(tiles.first()).toBeFocused();
  await page.keyboard.press("Enter");
  const recipe = page.getByRole("complementary", { name: "Recipe" });
  await expect(recipe.getByRole("heading")).toContainText(["Crop image"]);
  await expect(recipe).toContainText("1:1");
  await recipe.getByRole("button", { name: /see how it was made/ }).click();
  await expect(recipe.getByRole("region", { name: "Prompt" })).toContainText("A quiet harbour");
  await expect(recipe).toContainText("Nano Banana 2");
  await expect(recipe).toContainText("Cost");
  await page.getByRole("button", { name: "Back to what was made from it" }).click();
  await expect(recipe.getByRole("heading")).toContainText(["Crop image"]);
  await recipe.getByRole("button", { name: "Add to the canvas" }).click();
  await expect(recipe).toHaveCount(0);
  const upload = app.canvas.locator('[data-node-type="upload"]');
  await expect(upload).toHaveCount(1);

  // The same with the hand.
  await tiles.nth(1).dragTo(app.canvas, { targetPosition: { x: 300, y: 500 } });
  await expect(upload).toHaveCount(2);
  await page.keyboard.press("Control+z");
  await expect(upload).toHaveCount(1);

  // In a graph of its own there is nothing yet, and everything among all.
  await app.openGraph(namedGraph("Another", [nodeOf("words", "prompt", { text: "Hello" })]));
  await expect(tiles).toHaveCount(0);
  await gallery.getByRole("button", { name: "Look in all graphs" }).click();
  await expect(tiles).toHaveCount(2);

  await tiles.nth(1).click();
  await recipe.getByRole("button", { name: "Open the graph that made it" }).click();
  await expect(page.getByRole("textbox", { name: "Graph name" })).toHaveValue(/^Harbour · run of /);

  await tiles.nth(1).focus();
  await page.keyboard.press("Delete");
  const dialog = page.getByRole("dialog", { name: "Delete “Generate image”?" });
  await expect(dialog).toContainText("It cost less than $0.01.");
  await dialog.getByRole("button", { name: /^Delete/ }).click();
  await expect(tiles).toHaveCount(1);
  await expect(tiles.first()).toHaveAccessibleName("Crop image, image");
});

test("a text that was written is in the gallery: read whole, copied, and dragged onto the canvas as a Prompt", async ({
  page,
  context,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await app.openGraph(
    namedGraph("Captions", [
      nodeOf("text", "generate", {
        family: "text",
        model: "openrouter-completion",
        prompt: "A caption about fog",
      }),
    ]),
  );
  await page.keyboard.press("Alt+2");
  await app.run();
  await expect(app.node("text")).toHaveAttribute("data-status", "succeeded");
  await app.settled();
  const gallery = page.getByRole("region", { name: "Gallery" });
  const tile = gallery.getByRole("button", { name: /^Generate text, text:/ });
  await expect(tile).toBeVisible();
  await tile.focus();
  await page.keyboard.press("Enter");
  const recipe = page.getByRole("complementary", { name: "Recipe" });
  await expect(recipe.getByRole("region", { name: "Prompt" })).toContainText("A caption about fog");
  await recipe.getByRole("button", { name: "Copy text" }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied.length).toBeGreaterThan(0);
  await page.keyboard.press("Escape");
  await expect(recipe).toHaveCount(0);

  await tile.dragTo(app.canvas, { targetPosition: { x: 400, y: 500 } });
  const prompt = app.canvas.locator('[data-node-type="prompt"]');
  await expect(prompt.getByRole("textbox").first()).toHaveValue(copied);

  await gallery.getByRole("combobox", { name: "Kind" }).click();
  await page.getByRole("option", { name: "Images" }).click();
  await expect(tile).toHaveCount(0);
});
