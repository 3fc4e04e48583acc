import { expect, test } from "@playwright/test";
import { nodeOf } from "../support/graph-builders.ts";
import { openStudio } from "./open-studio.ts";
import { namedGraph } from "./studio-page.ts";

test.use({ permissions: ["clipboard-read", "clipboard-write"] });

const { studio, app } = openStudio();

const at = (x: number, y: number) => ({ position: { x, y } });

/** A prompt wired to an image. */
const pair = (name: string) =>
  namedGraph(
    name,
    [
      nodeOf("words", "prompt", { text: "A quiet harbour." }, at(0, 0)),
      nodeOf("picture", "generate", { family: "image", model: "nano-banana-2", prompt: "" }, at(360, 0)),
    ],
    ["words.out > picture.prompt"],
  );

const text = () => app.node("words").getByRole("textbox");
const saveState = () => app.page.getByRole("banner").getByRole("status");

test("the open document is back after a reload, and after the host was killed in the middle of work", async () => {
  const { page } = app;
  await app.openGraph(pair("Reloaded"));
  await text().fill("A storm over the harbour.");
  await page.reload();
  await expect(text()).toHaveValue("A storm over the harbour.");
  await expect(saveState()).toHaveText("Not saved");

  await text().fill("Killed a second later.");
  // What is promised is a time: edits older than a second survive anything.
  const editedAt = await page.evaluate(() => performance.now());
  await page.waitForFunction((then) => performance.now() > then + 1000, editedAt);
  await studio.kill();
  await expect(
    page
      .getByRole("alert")
      .or(page.getByRole("status"))
      .filter({ hasText: /studio/i }),
  ).toBeVisible();
  await studio.restart();
  await app.open(studio.url);
  await expect(page.getByRole("textbox", { name: "Graph name" })).toHaveValue("Reloaded");
  await expect(text()).toHaveValue("Killed a second later.");
  await expect(page.locator(".react-flow__edge")).toHaveCount(1);
});

test("leaving asks only while edits are not kept, saved or not", async () => {
  const { page } = app;
  const asked: string[] = [];
  page.on("dialog", (dialog) => {
    asked.push(dialog.type());
    void dialog.dismiss();
  });
  await app.openGraph(pair("Left"));
  await text().click();
  await page.keyboard.type("Now: ");
  const editedAt = await page.evaluate(() => performance.now());
  await page.waitForFunction((then) => performance.now() > then + 1000, editedAt);
  await page.reload();
  await expect(text()).toHaveValue(/Now: /);
  await expect(saveState()).toHaveText("Not saved");
  expect(asked).toEqual([]);

  // With the studio gone nothing is kept, so the window stays.
  await studio.kill();
  await text().click();
  await page.keyboard.type("And: ");
  await page.evaluate(() => location.reload());
  await expect.poll(() => asked).toEqual(["beforeunload"]);
  await expect(text()).toHaveValue(/And: /);
  await studio.restart();
});

test("new, open, save and save as keep each graph for itself", async () => {
  const { page } = app;
  const name = page.getByRole("textbox", { name: "Graph name" });
  await app.openGraph(pair("First of two"));
  await app.menu(/^Save(?! as)/);
  await expect(saveState()).toHaveText("Saved");
  const first = await app.exported();

  await page.keyboard.press("Control+Shift+s");
  const dialog = page.getByRole("dialog", { name: "Save as" });
  await dialog.getByRole("textbox", { name: "Name" }).fill("Second of two");
  await page.keyboard.press("Enter");
  await expect(name).toHaveValue("Second of two");
  await text().fill("Only in the second.");
  await page.keyboard.press("Control+s");
  await expect(saveState()).toHaveText("Saved");
  const second = await app.exported();
  expect(second.id).not.toBe(first.id);
  expect(second.edges).toEqual(first.edges);

  await page.keyboard.press("Alt+n");
  await expect(app.nodes).toHaveCount(0);
  await expect(name).toHaveValue("Untitled");

  await page.keyboard.press("Control+o");
  const library = page.getByRole("dialog", { name: "Open" });
  await library.getByRole("searchbox").fill("first of");
  await library
    .getByRole("listitem")
    .getByRole("button", { name: /First of two/ })
    .first()
    .click();
  await expect(name).toHaveValue("First of two");
  await expect(text()).toHaveValue("A quiet harbour.");
});

test("a file that cannot be opened is refused by name, and the open document stays", async () => {
  const { page } = app;
  await app.openGraph(pair("Stays open"));
  await text().fill("Not lost.");
  const whole = JSON.stringify(pair("Other"));
  const refusals = [
    { name: "broken.json", bytes: whole.slice(0, -40), says: /not valid JSON/ },
    {
      name: "other.json",
      bytes: '{"format":"somebody.else","nodes":[]}',
      says: /not a Catwalk graph|another/i,
    },
    { name: "newer.json", bytes: whole.replace('"version":1', '"version":99'), says: /newer Catwalk/ },
  ];
  for (const { name, bytes, says } of refusals) {
    await app.drop(page.locator("body"), { name, mimeType: "application/json", bytes });
    const dialog = page.getByRole("dialog", { name: "was not opened" });
    await expect(dialog).toContainText(`“${name}” was not opened`);
    await expect(dialog).toContainText(says);
    await dialog.getByRole("button", { name: "Close" }).last().click();
    await expect(dialog).toHaveCount(0);
    await expect(page.getByRole("textbox", { name: "Graph name" })).toHaveValue("Stays open");
    await expect(text()).toHaveValue("Not lost.");
  }
  // Made in the page: what matters is that nothing of it is sent.
  const dataTransfer = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(["x".repeat(36_000_000)], "huge.json", { type: "application/json" }));
    return transfer;
  });
  await page.locator("body").dispatchEvent("drop", { dataTransfer });
  const dialog = page.getByRole("dialog", { name: "was not opened" });
  await expect(dialog).toContainText("The file has 34 MB; a graph has at most 32 MB.");
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await text().fill("Still kept.");
  await expect(saveState()).not.toHaveText(/not kept/i);
  // Nothing was left, so nothing is said to have been.
  await expect(page.getByText("“Stays open” stays under Recent")).toHaveCount(0);
});

test("a node of a type nobody knows is kept, shown and exported as it came", async () => {
  const stranger = {
    ...nodeOf("later", "hologram", { depth: 3, layers: [{ z: 1 }] }, at(360, 0)),
    "x-tool": { made: "by a later version" },
  };
  const graph = namedGraph(
    "From the future",
    [nodeOf("words", "prompt", { text: "Kept." }, at(0, 0)), stranger],
    ["words.out > later.whatever"],
  );
  await app.openGraph(graph);
  await expect(app.node("later")).toContainText("does not know the type “hologram”");
  await expect(app.page.locator(".react-flow__edge")).toHaveCount(1);
  const { nodes, edges } = await app.exported();
  expect(nodes.find(({ id }) => id === "later")).toEqual(stranger);
  expect(edges).toEqual(graph.edges);
});

test("undo and redo, by key and by button, take back each kind of edit", async () => {
  const { page } = app;
  await app.openGraph(pair("Undone"));
  const start = await app.exported();
  const wires = page.locator(".react-flow__edge");
  const undoButton = page.getByRole("button", { name: "Undo" });

  // Move.
  const head = app.head("picture");
  await head.hover();
  await page.mouse.down();
  await page.mouse.move(700, 420, { steps: 4 });
  await page.mouse.up();
  // Param.
  await text().fill("Another harbour.");
  await app.page.locator(".react-flow__pane").click({ position: { x: 30, y: 500 } });
  // Wire: taken away, then drawn again.
  await wires.first().click({ force: true });
  await page.keyboard.press("Delete");
  await expect(wires).toHaveCount(0);
  await app.wire({ card: app.node("words"), port: "out" }, { card: app.node("picture"), port: "prompt" });
  await expect(wires).toHaveCount(1);
  // Add.
  await app.dragFromPalette("Save", { x: 500, y: 560 });
  await expect(app.nodes).toHaveCount(3);
  // Delete.
  await app.head("words").click();
  await page.keyboard.press("Delete");
  await expect(app.nodes).toHaveCount(2);
  await expect(wires).toHaveCount(0);
  const end = await app.exported();

  // Back: delete, add, wire, wire, param, move.
  for (const [nodes, edges] of [
    [3, 1],
    [2, 1],
    [2, 0],
    [2, 1],
  ] as const) {
    await page.keyboard.press("Control+z");
    await expect(app.nodes).toHaveCount(nodes);
    await expect(wires).toHaveCount(edges);
  }
  await expect(text()).toHaveValue("Another harbour.");
  await undoButton.click();
  await expect(text()).toHaveValue("A quiet harbour.");
  await undoButton.click();
  await expect(undoButton).toBeDisabled();
  const back = await app.exported();
  expect({ ...back, viewport: start.viewport }).toEqual(start);

  const redoButton = page.getByRole("button", { name: "Redo" });
  await redoButton.click();
  await page.keyboard.press("Control+Shift+z");
  await expect(text()).toHaveValue("Another harbour.");
  for (let step = 0; step < 4; step++) await page.keyboard.press("Control+y");
  await expect(redoButton).toBeDisabled();
  const again = await app.exported();
  expect({ ...again, viewport: end.viewport }).toEqual(end);
});

test("copies get new ids and keep the wires between them; nodes are grouped and ungrouped", async () => {
  const { page } = app;
  await app.openGraph(pair("Copied"));
  const before = await app.exported();
  await app.head("words").click();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Control+c");
  await page.keyboard.press("Control+v");
  await expect(app.nodes).toHaveCount(4);
  const pasted = await app.exported();
  expect(new Set(pasted.nodes.map(({ id }) => id)).size).toBe(4);
  const [, copy] = pasted.edges;
  expect(pasted.edges).toHaveLength(2);
  const known = new Set(before.nodes.map(({ id }) => id));
  expect([known.has(copy?.source ?? ""), known.has(copy?.target ?? "")]).toEqual([false, false]);

  // The copies are selected, so duplicating doubles them alone.
  await page.keyboard.press("Control+d");
  await expect(app.nodes).toHaveCount(6);
  expect((await app.exported()).edges).toHaveLength(3);

  await page.keyboard.press("Control+g");
  await expect(app.nodes).toHaveCount(7);
  const grouped = await app.exported();
  const group = grouped.nodes.find(({ type }) => type === "group");
  expect(grouped.nodes.filter(({ parentId }) => parentId === group?.id)).toHaveLength(2);
  await page.keyboard.press("Control+Shift+g");
  await expect(app.nodes).toHaveCount(6);
});
