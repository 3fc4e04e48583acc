import { expect, test } from "@playwright/test";
import { nodeOf, tableOf, wireOf } from "../support/graph-builders.ts";
import { openStudio } from "./open-studio.ts";
import { namedGraph } from "./studio-page.ts";

const { app } = openStudio();

const at = (x: number, y: number) => ({ position: { x, y } });

const pictureKept = (name: string) =>
  namedGraph(
    name,
    [
      nodeOf(
        "picture",
        "generate",
        { family: "image", model: "z-image", prompt: `A pear on a plate, ${name}.` },
        at(0, 0),
      ),
      nodeOf("crop", "edit", { operation: "imageCrop", params: { aspectRatio: "1:1" } }, at(400, 0)),
    ],
    [wireOf("picture.out > crop.image_0", 0)],
  );

const inspector = () => app.page.getByRole("complementary", { name: "Inspector" });
const takes = () => inspector().getByRole("radiogroup", { name: "Which take flows on" });
const stepper = () => app.node("picture").getByRole("group", { name: "Takes" });
const picture = () => app.node("picture").locator("img").getAttribute("src");

test("which variation of a row flows on is chosen in the items table, by keys and by the mouse", async ({
  page,
}) => {
  const prompt = "A pear, {{t-name}}.";
  const node = nodeOf("picture", "generate", { family: "image", model: "z-image", prompt }, at(400, 0));
  await app.openGraph(
    namedGraph("Rows varied", [tableOf("t", 2), { ...node, data: { ...node.data, variations: 3 } }]),
  );
  await app.run();
  await app.settled();
  await page.getByRole("tab", { name: "Items" }).click();
  const grid = page.getByRole("grid", { name: "Items" });
  const variation = (row: string) =>
    grid.getByRole("row").filter({ hasText: row }).getByRole("group", { name: "Variation" });
  await expect(variation("r0")).toHaveText("1 of 3");
  await expect(variation("r1")).toHaveText("1 of 3");
  const before = await variation("r1").locator("img").getAttribute("src");

  await grid.focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowRight");
  await expect(variation("r1")).toHaveText("2 of 3");
  await expect(variation("r1").locator("img")).not.toHaveAttribute("src", before ?? "");
  await variation("r0").getByRole("button", { name: "Variation after" }).click();
  await variation("r0").getByRole("button", { name: "Variation after" }).click();
  await expect(variation("r0")).toHaveText("3 of 3");
  await expect(variation("r0").getByRole("button", { name: "Variation after" })).toBeDisabled();

  await grid.focus();
  await page.keyboard.press("ArrowLeft");
  await expect(variation("r1")).toHaveText("1 of 3");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(variation("r1")).toHaveText("2 of 3");
});

/** The takes of the picture, in the inspector. */
async function lookAtTakes(): Promise<void> {
  await app.head("picture").click();
  await inspector().getByRole("radio", { name: "Result" }).click();
}

test("a node keeps its takes: several are made, one is chosen, and the next run goes on with it", async () => {
  await app.openGraph(pictureKept("Chosen"));
  await app.head("picture").click();
  await inspector().getByRole("combobox", { name: "Variations" }).click();
  await app.page.getByRole("option", { name: "3 takes" }).click();
  await app.run();
  await app.settled();
  await lookAtTakes();
  await expect(takes().getByRole("radio")).toHaveCount(3);
  await expect(stepper()).toContainText("1 of 3");

  const first = await picture();
  await takes().getByRole("radio", { name: "Take 3" }).click();
  await expect(stepper()).toContainText("3 of 3");
  await expect.poll(picture).not.toBe(first);
  const chosen = await picture();
  // The inspector shows what flows on, as the card does.
  const result = inspector().getByRole("region", { name: "Result" }).first().locator("img");
  const bytes = /[0-9a-f]{64}/.exec(chosen ?? "")?.[0] ?? "none";
  await expect(result).toHaveAttribute("src", new RegExp(bytes));
  const cropBefore = await app.node("crop").locator("img").getAttribute("src");

  await app.run();
  await app.settled();
  // Nothing was made of the picture, and the crop is of the take that was chosen.
  await expect(app.node("picture")).toHaveAttribute("data-status", "cached");
  await expect.poll(picture).toBe(chosen);
  await expect.poll(() => app.node("crop").locator("img").getAttribute("src")).not.toBe(cropBefore);

  // Choosing is an edit like any other.
  await takes().getByRole("radio", { name: "Take 1" }).click();
  await expect(stepper()).toContainText("1 of 3");
  await app.canvas.press("ControlOrMeta+z");
  await expect(stepper()).toContainText("3 of 3");
});

test("a take that is kept flows on although the prompt has changed; two are compared side by side", async () => {
  await app.openGraph(pictureKept("Kept"));
  await app.run();
  await app.settled();
  await lookAtTakes();
  await inspector().getByRole("button", { name: "New take" }).click();
  await expect(takes().getByRole("radio")).toHaveCount(2);
  await app.settled();

  await takes().getByRole("radio", { name: "Take 1" }).click();
  await inspector().getByRole("switch", { name: "Keep this take" }).click();
  const kept = await picture();
  await app.node("picture").getByRole("textbox").first().fill("Something else altogether.");
  await app.run();
  await app.settled();
  await expect(app.node("picture")).toHaveAttribute("data-status", "cached");
  expect(await picture()).toBe(kept);

  await lookAtTakes();
  await inspector().getByRole("button", { name: "Compare" }).click();
  const dialog = app.page.getByRole("dialog", { name: /^Takes of/ });
  await expect(dialog.locator("figure img")).toHaveCount(2);
  await expect(dialog).toContainText("Both were asked for in the same words");
  await dialog.getByRole("button", { name: "Use take 2" }).click();
  await app.page.keyboard.press("Escape");
  await expect(takes().getByRole("radio", { name: "Take 2" })).toBeChecked();
});

test("a take is deleted only after a question", async () => {
  await app.openGraph(pictureKept("Deleted"));
  await app.run();
  await app.settled();
  await lookAtTakes();
  await inspector().getByRole("button", { name: "New take" }).click();
  await expect(takes().getByRole("radio")).toHaveCount(2);
  await app.settled();
  await takes().getByRole("radio", { name: "Take 2" }).focus();
  await app.page.keyboard.press("Delete");
  const question = app.page.getByRole("dialog", { name: /Delete take/ });
  await question.getByRole("button", { name: "Delete take" }).click();
  await expect(takes().getByRole("radio")).toHaveCount(1);
});

test("what a run would reuse is said before it, as soon as it is there", async () => {
  await app.openGraph(pictureKept("Reused"));
  const forecast = app.page.getByRole("banner").getByRole("button", { name: /reused/ });
  await expect(forecast).toHaveCount(0);
  await app.run();
  await app.settled();
  await expect(forecast).toContainText("2 reused");
  await app.run();
  await app.settled();
  for (const node of ["picture", "crop"])
    await expect(app.node(node)).toHaveAttribute("data-status", "cached");
  await expect(app.node("picture")).toContainText("cached · saved");
});
