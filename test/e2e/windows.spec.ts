import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { nodeOf } from "../support/graph-builders.ts";
import { openStudio } from "./open-studio.ts";
import { namedGraph, type StudioPage, studioPage } from "./studio-page.ts";

const { app, studio } = openStudio();

const at = (x: number, y: number) => ({ position: { x, y } });
const pair = (name: string) =>
  namedGraph(
    name,
    [
      nodeOf("one", "prompt", { text: "A quiet harbour." }, at(0, 0)),
      nodeOf("two", "prompt", { text: "A slow boat." }, at(360, 0)),
    ],
    [],
  );
const text = (of: StudioPage, node: string) => of.node(node).getByRole("textbox");
const name = (page: Page) => page.getByRole("textbox", { name: "Graph name" });
const saveState = (page: Page) => page.getByRole("banner").getByRole("status");

/** Another tab of the same browser, whose line to the studio can be cut. */
async function openSecond(page: Page): Promise<StudioPage & { cut(): Promise<void>; mend(): void }> {
  const tab = await page.context().newPage();
  const lines = new Set<{ close(): Promise<void> }>();
  let isCut = false;
  await tab.routeWebSocket(/\/rpc$/, (socket) => {
    if (isCut) return void socket.close();
    socket.connectToServer();
    lines.add(socket);
  });
  const second = studioPage(tab);
  await second.open(new URL(page.url()).origin);
  return Object.assign(second, {
    async cut() {
      isCut = true;
      for (const line of lines) await line.close();
      lines.clear();
    },
    mend() {
      isCut = false;
    },
  });
}

test("two windows of one graph show each other's edits, each takes back its own, and a reload forgets none of it", async () => {
  const { page } = app;
  await app.openGraph(pair("Shared"));
  const second = await openSecond(page);
  await expect(name(second.page)).toHaveValue("Shared");

  await text(app, "one").fill("A storm.");
  await expect(text(second, "one")).toHaveValue("A storm.");
  await text(second, "two").fill("A fast boat.");
  await expect(text(app, "two")).toHaveValue("A fast boat.");
  await name(second.page).fill("Renamed over there");
  await second.page.keyboard.press("Enter");
  await expect(name(page)).toHaveValue("Renamed over there");

  await page.getByRole("button", { name: "Undo" }).click();
  await expect(text(app, "one")).toHaveValue("A quiet harbour.");
  await expect(text(second, "one")).toHaveValue("A quiet harbour.");
  await expect(text(app, "two")).toHaveValue("A fast boat.");
  await expect(page.getByRole("button", { name: "Undo" })).toBeDisabled();
  await page.getByRole("button", { name: "Redo" }).click();
  await expect(text(second, "one")).toHaveValue("A storm.");

  await second.menu(/^Save(?! as)/);
  await expect(saveState(page)).toHaveText("Saved");

  await page.reload();
  await expect(text(app, "one")).toHaveValue("A storm.");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(text(app, "one")).toHaveValue("A quiet harbour.");
  await expect(name(page)).toHaveValue("Renamed over there");

  // Each window keeps its own graph through a reload, whatever the other one opened last.
  await second.openGraph(pair("Only in the second"));
  await page.reload();
  await expect(name(page)).toHaveValue("Renamed over there");
  await second.page.reload();
  await expect(name(second.page)).toHaveValue("Only in the second");
});

test("what two windows change differently is never lost: the later one is offered as a copy", async () => {
  const { page } = app;
  await app.openGraph(pair("Contested"));
  const second = await openSecond(page);
  await second.cut();
  await text(second, "one").fill("Of the second.");
  await text(second, "two").fill("No quarrel.");
  await text(app, "one").fill("Of the first.");
  await name(page).fill("Contested, renamed");
  await page.keyboard.press("Enter");
  // What is there after a reload was kept.
  await page.reload();
  await expect(text(app, "one")).toHaveValue("Of the first.");
  second.mend();

  const notice = second.page.getByRole("alert", { name: "Two windows changed the same" });
  await expect(notice).toContainText("Another window changed Text of “Prompt”, too.");
  await expect(notice).toContainText(/Yours is whole in “Contested \(this window's, \d\d:\d\d:\d\d\)”/);
  await expect(text(second, "one")).toHaveValue("Of the first.");
  await expect(name(second.page)).toHaveValue("Contested, renamed");
  await expect(text(app, "two")).toHaveValue("No quarrel.");
  await notice.getByRole("button", { name: "Open my version" }).click();
  await expect(name(second.page)).toHaveValue(/^Contested \(this window's, [\d:]{8}\)$/);
  await expect(text(second, "one")).toHaveValue("Of the second.");
  await expect(notice).toHaveCount(0);
});

test("a studio that was killed and started again is joined by its window, which kept what was typed meanwhile", async () => {
  const { page } = app;
  await app.openGraph(pair("Killed"));
  await text(app, "one").fill("Before.");
  await studio.kill();
  await text(app, "one").fill("While it was down.");
  await expect(page.getByText("Reconnecting…")).toBeVisible();
  await studio.restart();
  await expect(page.getByText("Reconnecting…")).toHaveCount(0);
  await expect(text(app, "one")).toHaveValue("While it was down.");
  await expect
    .poll(() => page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes("unkept"))))
    .toEqual([]);
  await page.reload();
  await expect(text(app, "one")).toHaveValue("While it was down.");
});

for (const where of ["the same tab", "another tab"] as const)
  test(`what was typed while the studio was down is there when its new address is opened in ${where}`, async () => {
    const { page } = app;
    await app.openGraph(pair("Typed while down"));
    await text(app, "one").fill("Before.");
    await page.reload();
    await expect(text(app, "one")).toHaveValue("Before.");
    await studio.kill();
    // The window of before is not let in again.
    await rm(join(studio.home, "web-session.key"));
    await text(app, "one").fill("While it was down.");
    await expect
      .poll(() => page.evaluate(() => JSON.stringify(localStorage)))
      .toContain("While it was down.");
    await text(app, "two").fill("At the last moment.");
    if (where === "another tab")
      await expect
        .poll(() => page.evaluate(() => JSON.stringify(localStorage)))
        .toContain("At the last moment.");
    await studio.restart();
    const next = where === "the same tab" ? page : await page.context().newPage();
    const opened = studioPage(next);
    await opened.open(studio.url);
    await expect(text(opened, "one")).toHaveValue("While it was down.");
    await expect(text(opened, "two")).toHaveValue("At the last moment.");
    await next.reload();
    await expect(text(opened, "two")).toHaveValue("At the last moment.");
  });

test("a graph that another window deletes stays on show until it is kept again", async () => {
  const { page } = app;
  await app.openGraph(pair("Deleted elsewhere"));
  const second = await openSecond(page);
  await second.openGraph(pair("Another one"));
  await second.page.keyboard.press("Control+o");
  const library = second.page.getByRole("dialog", { name: "Open" });
  await library.getByRole("button", { name: "Delete Deleted elsewhere" }).click();
  await library.getByRole("button", { name: "Delete", exact: true }).click();

  const notice = page.getByRole("alert", { name: "Edits are not kept" });
  await expect(notice).toContainText("This graph was deleted in another window.");
  await text(app, "one").fill("Wanted after all.");
  await notice.getByRole("button", { name: "Keep it again" }).click();
  await expect(notice).toHaveCount(0);
  await page.reload();
  await expect(name(page)).toHaveValue("Deleted elsewhere");
  await expect(text(app, "one")).toHaveValue("Wanted after all.");
});

test("an example that was only looked at leaves no graph behind; one that was changed does", async () => {
  const { page } = app;
  const examples = page.getByRole("list", { name: "Examples" });
  const recent = page.getByRole("dialog", { name: "Open" }).getByRole("list", { name: "Graphs" });
  await page.keyboard.press("Alt+n");
  await examples.getByRole("button", { name: /Product clip/ }).click();
  await expect(saveState(page)).toHaveText("Example");
  await page.reload();
  await expect(name(page)).toHaveValue("Product clip");
  await page.getByRole("button", { name: "Zoom in" }).click();
  await page.keyboard.press("Alt+n");
  await page.keyboard.press("Control+o");
  await expect(page.getByRole("dialog", { name: "Open" })).toBeVisible();
  await expect(recent.getByText("Product clip")).toHaveCount(0);
  await page.keyboard.press("Escape");

  await examples.getByRole("button", { name: /Product clip/ }).click();
  await expect(saveState(page)).toHaveText("Example");
  await name(page).fill("My clip");
  await page.keyboard.press("Enter");
  await expect(saveState(page)).toHaveText("Not saved");
  await page.keyboard.press("Alt+n");
  await page.keyboard.press("Control+o");
  await expect(recent.getByText("My clip")).toBeVisible();
});

test("a graph opens where it was seen last, and one that nobody has seen never from afar", async () => {
  const { page } = app;
  const nodes = [
    nodeOf("one", "prompt", { text: "Here." }, at(0, 0)),
    nodeOf("two", "prompt", {}, at(30_000, 9000)),
  ];
  await app.openGraph({ ...namedGraph("Far apart", nodes), viewport: { x: 0, y: 0, zoom: 1 } });
  await expect(page.getByText("50 %")).toBeVisible();
  await expect(text(app, "one")).toBeVisible();
  await page.getByRole("button", { name: "Zoom in" }).click();
  await expect(page.getByText("50 %")).toHaveCount(0);
  const view = page.locator(".react-flow__viewport");
  // The view moves softly; it has come to rest when twenty frames in a row show the same.
  const seen = await view.evaluate(async (element) => {
    const frame = () => new Promise(requestAnimationFrame);
    let before: string | null = null;
    let same = 0;
    while (same < 20) {
      await frame();
      const now = element.getAttribute("style");
      same = now === before ? same + 1 : 0;
      before = now;
    }
    return before;
  });
  await app.openGraph(pair("In between"));
  await page.keyboard.press("Control+o");
  const library = page.getByRole("dialog", { name: "Open" });
  await library.getByRole("button", { name: /^Far apart/ }).click();
  await expect(name(page)).toHaveValue("Far apart");
  await expect(view).toHaveAttribute("style", seen ?? "");
  await page.reload();
  await expect(view).toHaveAttribute("style", seen ?? "");
});
