import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";
import { nodeOf, tableOf } from "../support/graph-builders.ts";
import { openStudio } from "./open-studio.ts";
import { namedGraph } from "./studio-page.ts";

/** Rows come in, prompts name their columns, a run works through them, and one item is tried again. */

const refused = { type: "failed", errorMessage: "The model refused this prompt." } as const;
const { app } = openStudio({
  forEach: true,
  faults: [{ match: { promptIncludes: "a blue hat" }, nth: 1, fault: refused }],
});

const csv = (text: string, name = "rows.csv") => ({ name, mimeType: "text/csv", bytes: text });
const picture = (id: string, x: number, prompt = "") => ({
  ...nodeOf(id, "generate", { family: "image", model: "nano-banana-2", prompt }),
  position: { x, y: 0 },
});

test("a dropped CSV becomes a table, a prompt names its column, and a failed item is retried alone", async ({
  page,
}) => {
  await app.openGraph(namedGraph("Rows", [picture("g", 420)]));
  await app.drop(
    page.locator(".react-flow__pane"),
    csv("id;thing\nshoe;a red shoe\nhat;a blue hat\nscarf;a green scarf\n"),
  );
  await page.getByRole("button", { name: "Zoom to fit" }).click();
  const table = page.locator('[data-node-type="table"]');
  await expect(table.getByText("3 rows", { exact: true })).toBeVisible();
  await expect(table.getByRole("cell", { name: "a blue hat" })).toBeVisible();

  // Typing {{ offers the columns; Enter takes one.
  const prompt = app.node("g").getByRole("textbox", { name: "Prompt" });
  await prompt.click();
  await prompt.pressSequentially("Photo of {{th");
  await expect(page.getByRole("option", { name: "thing" })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(prompt).toHaveValue("Photo of {{thing}}");
  await expect(app.node("g").getByText("shoe Photo of a red shoe")).toBeVisible();

  await app.run();
  await app.settled();
  await expect(app.node("g").getByRole("progressbar", { name: "Items" })).toHaveAttribute(
    "aria-valuenow",
    "3",
  );
  await expect(app.node("g").getByText("2 of 3 done · 1 failed")).toBeVisible();

  await page.getByRole("tab", { name: "Items" }).click();
  const items = page.getByRole("grid", { name: "Items" });
  await expect(items.getByRole("row")).toHaveCount(4);
  await page.getByRole("radio", { name: "Failed 1" }).click();
  const failed = items.getByRole("row", { name: /hat/ });
  await expect(items.getByRole("row")).toHaveCount(2);
  await expect(failed).toContainText("The model refused this prompt");
  await failed.getByRole("button", { name: "Retry" }).click();
  await expect(app.node("g").getByText("3 of 3 done")).toBeVisible();
  // Nothing failed is left to filter by, so all are there again.
  await expect(items.getByRole("row")).toHaveCount(4);

  // An item picked shows on the cards; brackets go through them.
  await items.focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  const picker = page.getByRole("region", { name: "Item on the cards" });
  await expect(picker).toContainText("Item 1 of 3 · shoe");
  await expect(app.node("g").getByRole("img").or(app.node("g").locator("img")).first()).toBeVisible();
  await page.keyboard.press("]");
  await expect(picker).toContainText("Item 2 of 3 · hat");
  await picker.getByRole("button", { name: "Show all items" }).click();
  await expect(picker).toContainText("All 3 items");
});

test("cells, rows and columns are edited by keys, each edit one undo step, and a renamed column keeps its wires", async ({
  page,
}) => {
  const graph = namedGraph(
    "Grid",
    [
      tableOf("t", 2, ["name"]),
      picture("g", 420),
      { ...nodeOf("w", "prompt", { text: "See {{name}}" }), position: { x: 420, y: 420 } },
    ],
    ["t.column:name > g.prompt"],
  );
  await app.openGraph(graph);
  await app.node("t").getByRole("button", { name: "Edit" }).click();
  const grid = page.getByRole("dialog").getByRole("grid", { name: "Rows" });
  await grid.focus();
  await page.keyboard.type("first");
  await page.keyboard.press("Enter");
  await expect(grid.getByRole("gridcell").first()).toHaveText("first");
  await page.keyboard.press("Control+Enter");
  await expect(grid.getByRole("row")).toHaveCount(4);
  await page.keyboard.type("third");
  await page.keyboard.press("Escape");
  await page.keyboard.press("F2");
  await page.keyboard.type("last");
  await page.keyboard.press("Tab");
  await expect(grid.getByRole("gridcell").nth(2)).toHaveText("last");
  await page.keyboard.press("Shift+Space");
  await page.keyboard.press("Delete");
  await expect(grid.getByRole("row")).toHaveCount(3);
  await page.keyboard.press("Control+z");
  await expect(grid.getByRole("row")).toHaveCount(4);

  // What a spreadsheet puts on the clipboard fills cells from the chosen one on, and adds the rows it needs.
  await page.keyboard.press("Control+End");
  await grid.evaluate((element) => {
    const data = new DataTransfer();
    data.setData("text/plain", 'one\r\n"two\nlines"\r\nthree\r\n');
    element.dispatchEvent(
      new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }),
    );
  });
  await expect(grid.getByRole("row")).toHaveCount(6);

  await page.keyboard.press("Control+Home");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("F2");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("title");
  await page.keyboard.press("Enter");
  await expect(grid.getByRole("columnheader", { name: "title" })).toBeVisible();

  // The rows are called by that column, and by numbers again.
  const names = () => grid.getByRole("rowheader").allTextContents();
  const before = await names();
  await page.keyboard.press("Delete");
  await page.getByRole("menuitem", { name: "Name rows by it" }).click();
  await expect.poll(names).toContain("first");
  await page.keyboard.press("Control+z");
  await expect.poll(names).toEqual(before);
  await page.keyboard.press("Escape");
  const renamed = await app.exported();
  expect(renamed.edges[0]).toMatchObject({ sourceHandle: "column:title", targetHandle: "prompt" });
  expect(renamed.nodes.find(({ id }) => id === "w")?.data.params["text"]).toBe("See {{title}}");
  const cells = (rows: unknown) => (rows as { cells: { title: string } }[]).map((row) => row.cells.title);
  expect(cells(renamed.nodes[0]?.data.params["rows"])).toEqual([
    "first",
    "name 1",
    "one",
    "two\nlines",
    "three",
  ]);
  await page.keyboard.press("Control+z");
  expect((await app.exported()).edges[0]?.sourceHandle).toBe("column:name");
});

test("bad rows say the line and change nothing; files that rows name are asked for", async ({ page }) => {
  await app.openGraph(namedGraph("Faults", [tableOf("t", 2, ["name"])]));
  const card = app.node("t");
  await app.drop(card.getByRole("table"), csv("a,b\n1\n2,3\n"));
  await expect(card.getByRole("alert")).toContainText("Line 2: It has 1 field, but the header has 2.");
  await expect(card.getByText("2 rows", { exact: true })).toBeVisible();
  await card.getByRole("button", { name: "Dismiss" }).click();

  // The card as a whole takes rows; beside it a file that fails leaves nothing behind.
  await app.drop(app.head("t"), csv("a,b\n1\n"));
  await expect(card.getByRole("alert")).toContainText("Line 2");
  await card.getByRole("button", { name: "Dismiss" }).click();
  await app.drop(page.locator(".react-flow__pane"), csv("a,b\n1\n", "bad.csv"));
  const notices = page.getByRole("region", { name: "Notifications" });
  await expect(notices.getByText("“bad.csv” was not imported")).toBeVisible();
  expect((await app.exported()).nodes).toHaveLength(1);

  const rows = csv("photo,words\none.jpg,first\ntwo.jpg,second\n");
  await app.drop(card.getByRole("table"), rows);
  await expect(card.getByRole("alert")).toContainText("“photo” names 2 files; none came along.");
  const bytes = await readFile(
    fileURLToPath(new URL("../../examples/media/amber-serum.jpg", import.meta.url)),
  );
  const photo = (name: string) => ({ name, mimeType: "image/jpeg", bytes });
  await app.drop(card.getByRole("table"), rows, photo("one.jpg"), photo("two.jpg"));
  await expect(card.getByRole("columnheader", { name: "photo" })).toBeVisible();
  await expect(card.locator("img")).toHaveCount(2);
  await page.keyboard.press("Control+z");
  await expect(card.getByRole("columnheader", { name: "name" })).toBeVisible();
});

test("two tables ask how they go together, and say how many items that makes", async ({ page }) => {
  const node = { ...nodeOf("w", "prompt", { text: "{{t-name}} in {{u-name}}" }), position: { x: 420, y: 0 } };
  const other = { ...tableOf("u", 3), position: { x: 0, y: 420 } };
  await app.openGraph(namedGraph("Both", [tableOf("t", 2), other, node]));
  await app.head("w").click();
  const inspector = page.getByRole("complementary", { name: "Inspector" });
  const items = inspector.getByRole("region", { name: "Items" });
  await expect(items).toContainText("2 × 3 = 6 items");
  await items.getByRole("radio", { name: "Row by row" }).click();
  await expect(items).toContainText("Row by row needs lists of the same length: 2 and 3.");
  await items.getByRole("radio", { name: "Each with each" }).click();
  await app.run();
  await app.settled();
  await expect(app.node("w").getByText("6 of 6 done")).toBeVisible();
});
