import { expect, test } from "@playwright/test";
import { nodeOf, wireOf } from "../support/graph-builders.ts";
import { openStudio } from "./open-studio.ts";
import { namedGraph } from "./studio-page.ts";

const { app } = openStudio();

const graph = (name: string) =>
  namedGraph(
    name,
    [
      nodeOf("words", "prompt", { text: "A harbour." }, { position: { x: 0, y: 0 } }),
      nodeOf(
        "picture",
        "generate",
        { family: "image", model: "nano-banana-2", prompt: "" },
        { position: { x: 380, y: 0 } },
      ),
    ],
    [wireOf("words.out > picture.prompt")],
  );

const marked = () => app.page.getByRole("option", { selected: true });

test("Ctrl+K takes what was typed by its own name, and runs nothing for a near one", async () => {
  const { page } = app;
  await app.openGraph(graph("Palette"));
  await app.head("picture").click();
  const palette = page.getByRole("dialog", { name: "Find a command" });
  const find = page.getByRole("combobox", { name: "Find a command" });

  await page.keyboard.press("Control+k");
  await expect(marked()).toHaveText(/Add a node/);
  for (const [query, wanted] of [
    ["undo", /^Not possible now. There is nothing to undo/],
    ["duplicate", /^Duplicate/],
    ["tidy", /^Tidy up/],
    ["insta", /^Publish to Instagram/],
    ["run", /^Run all/],
    ["paus", /^Pause the queue/],
    ["ru", /^Run panel/],
    ["all", /^Select all/],
  ] as const) {
    await find.fill(query);
    await expect(marked()).toHaveText(wanted);
  }
  // What is said of a command gives way to its name.
  const whole = page.viewportSize() ?? { width: 1440, height: 900 };
  await page.setViewportSize({ width: 480, height: 700 });
  await find.fill("run");
  await expect(marked()).toHaveText(/^Run all/);
  const names = palette.getByRole("option").locator("[class*=label]");
  expect(
    await names.evaluateAll((all) => all.filter((each) => each.scrollWidth > each.clientWidth).length),
  ).toBe(0);
  expect(await names.count()).toBeGreaterThan(5);
  await page.setViewportSize(whole);
  for (const query of ["retry", "fresh", "downstream", "Rnu from here"]) {
    await find.fill(query);
    await expect(marked()).toHaveText(/Press ↓ to choose|Not possible now/);
    await page.keyboard.press("Enter");
    await expect(palette).toBeVisible();
  }
  await page.keyboard.press("Escape");
  await expect(palette).toHaveCount(0);
  await expect(page.locator("[data-status=running], [data-status=waiting]")).toHaveCount(0);

  // A key pressed on the canvas has something to undo, and Ctrl+K undoes exactly that.
  await page.keyboard.press("Control+d");
  await expect(app.nodes).toHaveCount(3);
  await page.keyboard.press("Control+k");
  await find.fill("undo");
  await page.keyboard.press("Enter");
  await expect(app.nodes).toHaveCount(2);
  await expect(palette).toHaveCount(0);

  // What is not possible now says why, and Enter does nothing else in its place: neither to cards nor to graphs.
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  for (const [query, why] of [
    ["delete", /^Not possible now. Select a node or a wire first/],
    ["copy", /^Not possible now. Select a node first/],
    ["rename", /^Not possible now. Select one node first/],
    ["group", /^Not possible now. Select a node first/],
    ["review", /^Not possible now. No post waits/],
  ] as const) {
    await find.fill(query);
    await expect(marked()).toHaveText(why);
    await expect(page.getByRole("option", { name: new RegExp(`^${query}`, "i") }).first()).toBeDisabled();
    await page.keyboard.press("Enter");
    await expect(palette).toBeVisible();
  }
  await expect(app.nodes).toHaveCount(2);
  await page.keyboard.press("Escape");

  // What was used last is at hand before a word is typed.
  await page.keyboard.press("Control+k");
  await find.fill("select all");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Control+k");
  await expect(marked()).toHaveText(/^Select all/);
  await page.keyboard.press("Escape");
});

test("quick add adds the node that was named", async () => {
  const { page } = app;
  await app.openGraph(graph("Quick add"));
  await page.mouse.move(700, 700);
  for (const [query, title] of [
    ["trim", "Trim"],
    ["note", "Note"],
    ["tik tok", "Publish to TikTok"],
    ["cut", "Trim"],
    ["title", "Text overlay"],
  ] as const) {
    const before = await app.nodes.count();
    await page.keyboard.press("/");
    await page.getByRole("combobox", { name: "Add a node" }).fill(query);
    await expect(marked()).toHaveText(title);
    await page.keyboard.press("Enter");
    await expect(app.nodes).toHaveCount(before + 1);
    await expect(app.nodes.last()).toHaveAttribute("aria-label", title);
  }

  // A model is added by its name or by the work it does; where the server has none, no other is paid for it.
  const before = await app.nodes.count();
  await page.keyboard.press("/");
  const find = page.getByRole("combobox", { name: "Add a node" });
  await find.fill("lip sync");
  await expect(marked()).toHaveText(/^Not possible now. No model for that here/);
  await page.keyboard.press("Enter");
  await expect(app.nodes).toHaveCount(before);
  await find.fill("nano banana pro");
  await expect(marked()).toHaveText("Nano Banana Pro");
  await page.keyboard.press("Enter");
  await expect(app.nodes).toHaveCount(before + 1);
  const { nodes } = await app.exported();
  expect(nodes.at(-1)?.data.params).toMatchObject({ family: "image", model: "nano-banana-pro" });
});
