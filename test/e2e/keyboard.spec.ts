import { expect, test } from "@playwright/test";
import { nodeOf, wireOf } from "../support/graph-builders.ts";
import { openStudio } from "./open-studio.ts";
import { namedGraph } from "./studio-page.ts";

const { app } = openStudio();

const at = (x: number, y: number) => ({ position: { x, y } });
const graph = (name: string) =>
  namedGraph(
    name,
    [
      nodeOf("words", "prompt", { text: "A harbour." }, at(0, 0)),
      nodeOf("picture", "generate", { family: "image", model: "nano-banana-2", prompt: "" }, at(380, 0)),
      nodeOf("post", "publish", { platform: "tiktok" }, at(760, 0)),
      nodeOf("note", "note", { text: "Look." }, { ...at(0, 420), width: 220, height: 140 }),
    ],
    [wireOf("words.out > picture.prompt"), wireOf("picture.out > post.media")],
  );

test("a graph is built without the mouse: slash adds, palette and help are a key away", async () => {
  const { page } = app;
  await app.menu(/^New/);
  await page.keyboard.press("/");
  const quickAdd = page.getByRole("dialog", { name: "Add a node" });
  await expect(quickAdd).toBeVisible();
  await page.keyboard.type("speech");
  await page.keyboard.press("Enter");
  await expect(quickAdd).toHaveCount(0);
  await expect(app.nodes).toHaveCount(1);
  await expect(app.nodes.first()).toHaveAttribute("aria-label", "Generate speech");

  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(help.getByText("Find a command")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(help).toHaveCount(0);

  const palette = page.getByRole("dialog", { name: "Find a command" });
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("zoom to 100");
  await page.keyboard.press("Enter");
  await expect(palette).toHaveCount(0);
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("settings");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Settings" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog", { name: "Settings" })).toHaveCount(0);
});

test("keys meant for a field never reach the canvas", async () => {
  const { page } = app;
  await app.openGraph(graph("Typed"));
  await app.node("words").getByRole("textbox").click();
  await page.keyboard.press("End");
  await page.keyboard.type(" / ? 1 f");
  await page.keyboard.press("Backspace");
  await expect(app.node("words").getByRole("textbox")).toHaveValue("A harbour. / ? 1 ");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(app.nodes).toHaveCount(4);
});

test("Tab reaches every control of the top bar, in order, and shows where it is", async () => {
  const { page } = app;
  await app.openGraph(graph("Tabbed"));
  const bar = page.getByRole("banner");
  const controls = bar.locator("button:enabled, input:enabled");
  const wanted = await controls.count();
  expect(wanted).toBeGreaterThanOrEqual(7);
  const looks = (index: number) =>
    controls.nth(index).evaluate((element) => {
      const { outline, boxShadow, borderColor, backgroundColor } = getComputedStyle(element);
      return JSON.stringify({ outline, boxShadow, borderColor, backgroundColor });
    });
  for (let index = 0; index < wanted; index++) {
    const before = await looks(index);
    await page.keyboard.press("Tab");
    await expect(controls.nth(index)).toBeFocused();
    // What it looks like with the focus, not on the way there.
    await expect.poll(() => looks(index), `the focus on control ${index} can be seen`).not.toBe(before);
  }
});

test("nothing that can be pressed or filled in is without a name", async () => {
  const { page } = app;
  /** Names as the browser tells them to assistive technology. */
  const unnamed = async () => {
    const tree = await page.locator("body").ariaSnapshot();
    return tree
      .split("\n")
      .filter((line) =>
        /^\s*- (button|link|textbox|combobox|switch|slider|tab|radio|menuitem|option)\b/.test(line),
      )
      .filter((line) => !/"/.test(line) && !/: \S/.test(line));
  };
  expect(await unnamed(), "first view").toEqual([]);
  await app.openGraph(graph("Named"));
  await app.head("picture").click();
  await expect(page.getByRole("complementary")).toBeVisible();
  for (const drawer of ["Nodes", "Gallery", "History", "Outline"]) {
    await page.getByRole("button", { name: drawer, exact: true }).click();
    expect(await unnamed(), drawer).toEqual([]);
  }
  for (const tab of ["Timeline", "Log", "Problems"]) {
    await page.getByRole("tab", { name: tab }).click();
    expect(await unnamed(), tab).toEqual([]);
  }
  await app.head("post").click();
  expect(await unnamed(), "a post").toEqual([]);
  for (const [keys, name] of [
    ["Control+,", "Settings"],
    ["Control+o", "Open"],
    ["Control+Shift+s", "Save as"],
    ["Control+k", "Find a command"],
  ] as const) {
    await page.keyboard.press(keys);
    const dialog = page.getByRole("dialog", { name, exact: true });
    await expect(dialog).toBeVisible();
    expect(await unnamed(), name).toEqual([]);
    await page.keyboard.press("Escape");
    await expect(dialog).toHaveCount(0);
  }
});

test("with reduced motion nothing moves by itself", async () => {
  const { page } = app;
  await page.emulateMedia({ reducedMotion: "reduce" });
  await app.openGraph(graph("Still"));
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog", { name: "Find a command" })).toBeVisible();
  const moving = await page.evaluate(() =>
    document
      .getAnimations()
      .filter((animation) => Number(animation.effect?.getComputedTiming().duration ?? 0) > 10)
      .map((animation) => String(animation.effect?.getComputedTiming().duration)),
  );
  expect(moving).toEqual([]);
  const durations = await page
    .getByRole("button", { name: "Run", exact: true, includeHidden: true })
    .first()
    .evaluate((element) => getComputedStyle(element).transitionDuration);
  expect(Math.max(...durations.split(",").map((text) => Number.parseFloat(text)))).toBeLessThan(0.02);
});
