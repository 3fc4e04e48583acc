import { expect, test } from "@playwright/test";
import { nodeOf } from "../support/graph-builders.ts";
import { openStudio } from "./open-studio.ts";
import { namedGraph } from "./studio-page.ts";

const { app } = openStudio();

const pictured = (name: string, prompt: string) =>
  namedGraph(name, [nodeOf("picture", "generate", { family: "image", model: "nano-banana-2", prompt })]);

test("past runs of every graph are found by their words, opened as what made them, and deleted by keys", async ({
  page,
}) => {
  for (const [name, prompt] of [
    ["Harbour", "A quiet harbour at dawn"],
    ["Kite", "A paper kite over dunes"],
  ] as const) {
    await app.openGraph(pictured(name, prompt));
    await app.run();
    await expect(app.node("picture")).toHaveAttribute("data-status", "succeeded");
    await app.settled();
  }
  // Edited after its run: the run goes on to tell what really ran.
  await app.head("picture").click();
  await page.keyboard.press("Delete");
  await expect(app.nodes).toHaveCount(0);

  await page.keyboard.press("Alt+3");
  const drawer = page.getByRole("region", { name: "History" });
  const rows = drawer.getByRole("list", { name: "Runs" }).locator("[data-run]");
  await expect(rows).toHaveCount(1);
  await expect(rows.first()).toContainText("1 of 1 done");
  await expect(rows.first().locator("img")).toHaveJSProperty("complete", true);

  await drawer.getByRole("radio", { name: "All graphs" }).click();
  await expect(rows).toHaveCount(2);
  const search = drawer.getByRole("searchbox", { name: "Search runs" });
  await search.fill("harbour dawn");
  await expect(rows).toHaveCount(1);
  await expect(rows.first()).toContainText("Harbour");
  await search.fill("nothing of the kind");
  await expect(drawer.getByText("No run matches.")).toBeVisible();
  await drawer.getByRole("button", { name: "Clear search" }).click();
  await expect(rows).toHaveCount(2);

  // By keys alone: from the search into the list, down, open, and again as the graph that made it.
  await search.press("ArrowDown");
  await expect(rows.first()).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await expect(rows.first()).toHaveAttribute("aria-expanded", "true");
  const steps = drawer.getByRole("list", { name: "Steps" });
  await expect(steps).toContainText("Generate image");
  await drawer.getByRole("button", { name: "Open the graph that made it" }).click();
  await expect(page.getByRole("textbox", { name: "Graph name" })).toHaveValue(/^Kite · run of /);
  await expect(app.nodes).toHaveCount(1);
  await expect(app.node("picture").getByRole("textbox").first()).toHaveValue("A paper kite over dunes");
  await expect(app.node("picture")).toHaveAttribute("data-status", "idle");

  // The run's own graph, as it is now, can be shown with the run laid over it.
  await rows.nth(1).click();
  await drawer.getByRole("button", { name: "Show on the canvas" }).click();
  await expect(page.getByRole("textbox", { name: "Graph name" })).toHaveValue("Harbour");
  await expect(app.node("picture")).toHaveAttribute("data-status", "succeeded");

  await rows.nth(1).focus();
  await page.keyboard.press("Delete");
  const dialog = page.getByRole("dialog", { name: "Delete this run?" });
  await expect(dialog.getByRole("region", { name: "What stays" })).toContainText("1 result in the gallery");
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(rows.nth(1)).toBeFocused();
  await page.keyboard.press("Delete");
  await dialog.getByRole("button", { name: "Delete run" }).click();
  await expect(rows).toHaveCount(1);
  await expect(rows.first()).toBeFocused();
  await expect(app.node("picture")).toHaveAttribute("data-status", "idle");
});

test("how long runs are kept is set in the settings, and what would go is shown before it goes", async ({
  page,
}) => {
  const graph = pictured("Sketches", "A hut in snow");
  await app.openGraph(graph);
  for (let times = 0; times < 2; times++) {
    await app.run();
    await expect(page.getByRole("button", { name: "Run", exact: true })).toBeEnabled();
    await app.settled();
  }
  await page.keyboard.press("Control+,");
  const storage = page.getByRole("dialog", { name: "Settings" }).getByRole("region", { name: "Storage" });
  await expect(storage.getByRole("row", { name: /Results from servers/ })).toBeVisible();
  const most = storage.getByRole("textbox", { name: "Keep at most, runs" });
  await most.fill("none");
  await expect(most).toHaveAttribute("aria-invalid", "true");
  await most.fill("1");
  await most.press("Enter");
  await storage.getByRole("button", { name: "Free up space…" }).click();
  const going = storage.getByRole("region", { name: "What would go" });
  await going.getByText(/outside the bounds/).click();
  await expect(going.getByRole("listitem").filter({ hasText: "Sketches" }).first()).toBeVisible();
  await going.getByRole("button", { name: "Free up space" }).click();
  await expect(page.getByText(/^Removed \d+ runs? and/)).toBeVisible();
  await expect(going).toHaveCount(0);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Alt+3");
  const drawer = page.getByRole("region", { name: "History" });
  await drawer.getByRole("radio", { name: "All graphs" }).click();
  await expect(drawer.locator("[data-run]")).toHaveCount(1);
});
