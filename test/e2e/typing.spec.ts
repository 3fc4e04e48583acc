import { expect, type Locator, type Page, test } from "@playwright/test";
import { nodeOf, wireOf } from "../support/graph-builders.ts";
import { openStudio } from "./open-studio.ts";
import { centre, namedGraph } from "./studio-page.ts";

const { app } = openStudio();

const at = (x: number, y: number) => ({ position: { x, y } });
const long = Array.from({ length: 30 }, (_, line) => `Line ${line + 1} of many.`).join("\n");

const graph = (name: string) =>
  namedGraph(
    name,
    [
      nodeOf("words", "prompt", { text: "A harbour" }, at(0, 0)),
      nodeOf("picture", "generate", { family: "image", model: "nano-banana-2", prompt: "" }, at(380, 0)),
      nodeOf("long", "prompt", { text: long }, at(760, 0)),
      nodeOf("note", "note", { text: "Look." }, { ...at(0, 420), width: 220, height: 140 }),
    ],
    [wireOf("words.out > picture.prompt")],
  );

const selected = () => app.page.locator("[data-node-id][data-selected]");
const view = () => app.page.locator(".react-flow__viewport").getAttribute("style");

/** A press of a layout that the browser of the test does not have. */
async function press(page: Page, key: string, code: string, keyCode: number, ctrl = false): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const given = { key, code, windowsVirtualKeyCode: keyCode, modifiers: ctrl ? 2 : 0 };
  await session.send("Input.dispatchKeyEvent", { type: "rawKeyDown", ...given });
  await session.send("Input.dispatchKeyEvent", { type: "keyUp", ...given });
  await session.detach();
}

test("shortcuts follow the letters of the layout, and their places where the letters are not Latin", async () => {
  const { page } = app;
  await app.openGraph(graph("Layouts"));
  await app.head("picture").click();
  // Russian: Ctrl and the key of D duplicates, the key of Z takes it back, F fits.
  await press(page, "в", "KeyD", 68, true);
  await expect(app.nodes).toHaveCount(5);
  await press(page, "я", "KeyZ", 90, true);
  await expect(app.nodes).toHaveCount(4);
  const before = await view();
  await press(page, "а", "KeyF", 70);
  await expect.poll(view).not.toBe(before);
  // Dvorak: the letter K stands where V is on a US keyboard; where K is there stands T.
  const palette = page.getByRole("dialog", { name: "Find a command" });
  await press(page, "t", "KeyK", 84, true);
  await expect(palette).toHaveCount(0);
  await press(page, "k", "KeyV", 75, true);
  await expect(palette).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(palette).toHaveCount(0);
  // Ctrl and plus never zoom the page, in a field neither, on any keyboard.
  await page.evaluate(() => {
    const kept: boolean[] = [];
    Object.assign(window, { kept });
    window.addEventListener("keydown", (event) => kept.push(event.ctrlKey && !event.defaultPrevented));
  });
  for (const field of [false, true]) {
    if (field) await app.node("words").getByRole("textbox").click();
    await press(page, "=", "Equal", 187, true);
    await press(page, "+", "BracketRight", 187, true);
    await press(page, "+", "NumpadAdd", 107, true);
    await press(page, "-", "Minus", 189, true);
    await press(page, "-", "NumpadSubtract", 109, true);
  }
  expect(await page.evaluate(() => (window as unknown as { kept: boolean[] }).kept)).toEqual(
    Array.from({ length: 10 }, () => false),
  );
});

test("while an input method composes, its Enter and Escape are its own", async () => {
  const { page } = app;
  await app.openGraph(graph("Composing"));
  const session = await page.context().newCDPSession(page);
  const compose = (text: string) =>
    session.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
  // The title stays open until the Enter that is the person's.
  await app.head("picture").click();
  await page.keyboard.press("F2");
  const title = app.node("picture").getByRole("textbox", { name: "Title" });
  await page.keyboard.press("Control+a");
  await compose("みなと");
  await press(page, "Enter", "Enter", 13);
  await expect(title).toBeVisible();
  await session.send("Input.insertText", { text: "港" });
  await page.keyboard.press("Enter");
  await expect(title).toHaveCount(0);
  await expect(app.node("picture")).toHaveAttribute("aria-label", "港");
  await expect(page.locator("[data-status=running]")).toHaveCount(0);
  // Lists stay as well: quick add, and the command palette with its dialog.
  for (const [keys, name] of [
    ["/", "Add a node"],
    ["Control+k", "Find a command"],
  ] as const) {
    await page.keyboard.press(keys);
    const list = page.getByRole("dialog", { name });
    await compose("のと");
    await press(page, "Escape", "Escape", 27);
    await press(page, "Enter", "Enter", 13);
    await expect(list).toBeVisible();
    await session.send("Input.insertText", { text: "の" });
    // A dialog takes the composition for over only a moment after its end.
    await expect(async () => {
      await page.keyboard.press("Escape");
      await expect(list).toHaveCount(0, { timeout: 1000 });
    }).toPass();
  }
});

test("a text that is zoomed or scrolled out of view keeps the focus, and its keys", async () => {
  const { page } = app;
  const far = Array.from({ length: 70 }, (_, place) =>
    nodeOf(
      `far${place}`,
      "prompt",
      { text: "Far" },
      at((place % 10) * 400, 600 + Math.floor(place / 10) * 300),
    ),
  );
  const { nodes, ...rest } = graph("Kept");
  await app.openGraph({ ...rest, nodes: [...nodes, ...far] });
  const field = app.node("words").getByRole("textbox");
  await field.click();
  await page.keyboard.press("End");
  await page.keyboard.type(" at noon");
  const pane = await centre(app.canvas);
  await page.mouse.move(pane.x + 200, pane.y + 250);
  // Far out, where cards are colours, and then so far aside that the card is not drawn.
  await page.keyboard.down("Control");
  for (let turn = 0; turn < 8; turn++) await page.mouse.wheel(0, 200);
  await page.keyboard.up("Control");
  await expect(app.node("far1")).toHaveAttribute("data-lod", "swatch");
  await expect(field).toBeFocused();
  await page.keyboard.down("Control");
  for (let turn = 0; turn < 8; turn++) await page.mouse.wheel(0, -200);
  await page.keyboard.up("Control");
  await page.mouse.move(pane.x, pane.y);
  for (let turn = 0; turn < 12; turn++) await page.mouse.wheel(900, 900);
  await expect(app.node("picture")).toHaveCount(0);
  await expect(field).toBeFocused();
  await page.keyboard.press("Backspace");
  await expect(field).toHaveValue("A harbour at noo");
  const { nodes: left } = await app.exported();
  expect(left).toHaveLength(74);
});

test("a cell that is scrolled out of view while it is written in keeps its text", async () => {
  const { page } = app;
  const rows = Array.from({ length: 200 }, (_, row) => ({ key: `r${row}`, cells: { name: `Name ${row}` } }));
  const table = nodeOf("t", "table", { columns: [{ name: "name", type: "text" }], rows }, at(0, 0));
  await app.openGraph(namedGraph("Cells", [table]));
  await app.node("t").getByRole("button", { name: "Edit" }).click();
  const grid = page.getByRole("dialog").getByRole("grid", { name: "Rows" });
  await grid.focus();
  await page.keyboard.type("first");
  await grid.evaluate((element) => element.scrollTo(0, 4000));
  await expect(grid.getByText("Name 150")).toBeVisible();
  await page.keyboard.type(" of all");
  await page.keyboard.press("Enter");
  await grid.evaluate((element) => element.scrollTo(0, 0));
  await expect(grid.getByRole("gridcell").first()).toHaveText("first of all");
});

test("keys act on the card that has the focus, and Tab walks into the cards", async () => {
  const { page } = app;
  await app.openGraph(graph("Focus"));
  await app.head("picture").click();
  await expect(selected()).toHaveAttribute("data-node-id", "picture");
  // From the empty canvas Tab goes on to what lies on it.
  const pane = await centre(app.canvas);
  await page.mouse.click(pane.x, pane.y + 300);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("dialog", { name: "Add a node" })).toHaveCount(0);
  await expect(page.locator(".react-flow :focus")).toHaveCount(1);

  await app.head("picture").click();
  const focused = page.locator(".react-flow__node:focus");
  const walkTo = async (id: string) => {
    for (let step = 0; step < 60; step++) {
      if ((await focused.count()) > 0 && (await focused.getAttribute("data-id")) === id) return;
      await page.keyboard.press("Tab");
    }
    throw new Error(`Tab does not reach ${id}.`);
  };
  await walkTo("long");
  await expect(selected()).toHaveAttribute("data-node-id", "picture");
  await page.keyboard.press("Enter");
  await expect(selected()).toHaveAttribute("data-node-id", "long");
  await expect(page.locator("[data-status=running], [data-status=succeeded]")).toHaveCount(0);
  await walkTo("note");
  await page.keyboard.press("Space");
  await expect(selected()).toHaveAttribute("data-node-id", "note");
  await app.head("picture").click();
  await walkTo("long");
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("ArrowDown");
  await expect(selected()).toHaveAttribute("data-node-id", "long");
  const { nodes } = await app.exported();
  expect(nodes.find(({ id }) => id === "long")?.position).toEqual({ x: 770, y: 1 });
  expect(nodes.find(({ id }) => id === "picture")?.position).toEqual({ x: 380, y: 0 });
  await app.head("picture").click();
  await walkTo("long");
  await page.keyboard.press("Delete");
  await expect(app.node("long")).toHaveCount(0);
  await expect(app.node("picture")).toHaveCount(1);
  // With the focus beside the canvas, by Tab, nothing on it is deleted.
  await app.head("picture").click();
  await page.getByRole("banner").getByRole("button").first().focus();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Delete");
  await expect(app.node("picture")).toHaveCount(1);
});

test("the wheel scrolls a text that has more than it shows, and else the canvas", async () => {
  const { page } = app;
  await app.openGraph(graph("Wheel"));
  const field = app.node("long").getByRole("textbox");
  const scrolled = () => field.evaluate((element) => element.scrollTop);
  const before = await view();
  const over = await centre(field);
  await page.mouse.move(over.x, over.y);
  await page.mouse.wheel(0, 100);
  await expect.poll(scrolled).toBeGreaterThan(50);
  expect(await view()).toBe(before);
  // At its end it keeps the wheel.
  await page.mouse.wheel(0, 5000);
  await page.mouse.wheel(0, 200);
  await expect
    .poll(() => field.evaluate((element) => element.scrollHeight - element.clientHeight - element.scrollTop))
    .toBeLessThan(2);
  expect(await view()).toBe(before);
  // Ctrl zooms, over a text too.
  await page.keyboard.down("Control");
  await page.mouse.wheel(0, 40);
  await page.keyboard.up("Control");
  await expect.poll(view).not.toBe(before);
  // Texts that show all they have leave the wheel to the canvas.
  for (const id of ["words", "note"]) {
    const start = await view();
    const short = await centre(app.node(id).getByRole("textbox"));
    await page.mouse.move(short.x, short.y);
    await page.mouse.wheel(0, 30);
    await expect.poll(view, id).not.toBe(start);
  }
});

test("undo inside a field goes by words and leaves the canvas alone", async () => {
  const { page } = app;
  await app.openGraph(graph("Words"));
  await app.head("picture").click();
  const field = app.node("words").getByRole("textbox");
  await field.click();
  await page.keyboard.press("End");
  await page.keyboard.type(" with three boats");
  await page.keyboard.press("Control+z");
  await expect(field).toHaveValue("A harbour with three");
  await page.keyboard.press("Control+z");
  await expect(field).toHaveValue("A harbour with");
  await page.keyboard.press("Control+Shift+z");
  await expect(field).toHaveValue("A harbour with three");
  await page.keyboard.press("Control+y");
  await expect(field).toHaveValue("A harbour with three boats");
  await page.keyboard.press("Backspace");
  await page.keyboard.press("Backspace");
  await page.keyboard.type("rds");
  for (const text of ["A harbour with three boa", "A harbour with three boats"]) {
    await page.keyboard.press("Control+z");
    await expect(field).toHaveValue(text);
  }
  for (let step = 0; step < 6; step++) await page.keyboard.press("Control+z");
  await expect(field).toHaveValue("A harbour");
  await expect(app.nodes).toHaveCount(4);
  const { nodes } = await app.exported();
  expect(nodes.find(({ id }) => id === "words")?.data.params["text"]).toBe("A harbour");
  // A field that is not of the document does the same.
  await page.keyboard.press("Control+k");
  const find = page.getByRole("combobox", { name: "Find a command" });
  await page.keyboard.type("zoom to fit");
  await page.keyboard.press("Control+z");
  await expect(find).toHaveValue("zoom to");
  await page.keyboard.press("Escape");
});

test("text of the inspector, of dialogs and of failures is selected and copied; a press on the canvas lets it go", async () => {
  const { page } = app;
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const { nodes, ...rest } = graph("Copied");
  const broken = nodeOf(
    "broken",
    "generate",
    { family: "image", model: "no-such-model", prompt: "A boat" },
    at(380, 420),
  );
  await app.openGraph({ ...rest, nodes: [...nodes, broken] });
  await app.head("broken").click();
  const copied = async (text: Locator) => {
    await text.click({ clickCount: 3, position: { x: 6, y: 8 } });
    await page.keyboard.press("Control+c");
    return page.evaluate(() => navigator.clipboard.readText());
  };
  const inspector = page.getByRole("complementary", { name: "Inspector" });
  const what = inspector.getByText("Makes pictures", { exact: false }).or(inspector.locator("p")).first();
  expect((await copied(what)).trim()).toBe(await what.textContent());
  const problem = inspector.locator("p").filter({ hasText: "no-such-model" }).first();
  expect(await copied(problem)).toContain("no-such-model");
  await page.getByRole("tab", { name: "Problems" }).click();
  const row = page.getByRole("list", { name: "Problems" }).locator("p").filter({ hasText: "no-such-model" });
  expect(await copied(row.first())).toContain("no-such-model");
  await page.keyboard.press("Control+,");
  const settings = page.getByRole("dialog", { name: "Settings" });
  const sentence = settings
    .locator("p")
    .filter({ hasText: /\w+ \w+/ })
    .first();
  expect((await copied(sentence)).trim()).toBe((await sentence.textContent())?.trim());
  await page.keyboard.press("Escape");
  await expect(settings).toHaveCount(0);
  // What is selected on the canvas by a press is what the next copy is about.
  await app.head("broken").click();
  await page.keyboard.press("Control+c");
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain("catwalk.graph");
});
