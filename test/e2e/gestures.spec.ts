import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, type Locator, test } from "@playwright/test";
import type { Graph } from "../../src/graph/document/schema.ts";
import { nodeOf, wireOf } from "../support/graph-builders.ts";
import { openStudio } from "./open-studio.ts";
import { centre, type HeldFile, namedGraph } from "./studio-page.ts";

const { app } = openStudio();

const at = (x: number, y: number) => ({ position: { x, y } });
const prompt = (id: string, x: number, y: number, more = {}) =>
  nodeOf(id, "prompt", { text: id }, { ...at(x, y), ...more });
const image = (id: string, x: number, y: number) =>
  nodeOf(id, "generate", { family: "image", model: "nano-banana-2", prompt: "A harbour." }, at(x, y));
const frame = (id: string, x: number, y: number, width: number, height: number) =>
  nodeOf(id, "group", {}, { ...at(x, y), width, height });

const wires = () => app.page.locator(".react-flow__edge");
const port = (nodeId: string, portId: string, side: "source" | "target"): Locator =>
  app.node(nodeId).locator(`.${side}[data-port="${portId}"]`);
const boxOf = async (locator: Locator) => {
  const box = await locator.boundingBox();
  if (!box) throw new Error(`${locator} is not on the screen.`);
  return box;
};

async function drag(from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
  const { mouse } = app.page;
  await mouse.move(from.x, from.y);
  await mouse.down();
  await mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 4 });
  await mouse.move(to.x, to.y, { steps: 4 });
  await mouse.up();
}

/** Cards that lie on each other, and those that are not wholly in view, by node id. */
function misplaced(): Promise<readonly string[]> {
  return app.page.evaluate(() => {
    const pane = document.querySelector(".react-flow")?.getBoundingClientRect();
    const cards = [...document.querySelectorAll("article[data-node-id]")].map((card) => ({
      id: card.getAttribute("data-node-id") ?? "",
      box: card.getBoundingClientRect(),
      selected: card.hasAttribute("data-selected"),
    }));
    const on = cards.flatMap(({ id, box: a }, index) =>
      cards.slice(index + 1).flatMap(({ id: other, box: b }) => {
        const apart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
        return apart ? [] : [`${id} on ${other}`];
      }),
    );
    const off = cards.flatMap(({ id, box, selected }) => {
      const seen =
        pane &&
        box.left >= pane.left &&
        box.right <= pane.right &&
        box.top >= pane.top &&
        box.bottom <= pane.bottom;
      return seen || !selected ? [] : [`${id} out of view`];
    });
    return [...on, ...off];
  });
}

const added = ({ nodes }: Graph, before: readonly string[]) => nodes.filter(({ id }) => !before.includes(id));

const undo = () => app.page.keyboard.press("Control+z");

const photo = fileURLToPath(new URL("../../examples/media/amber-serum.jpg", import.meta.url));
const photos = async (...names: readonly string[]): Promise<readonly HeldFile[]> => {
  const bytes = await readFile(photo);
  return names.map((name) => ({ name, mimeType: "image/jpeg", bytes }));
};

test("a group resized from its top left corner leaves its content where it stands", async () => {
  await app.openGraph(
    namedGraph("Resized", [
      frame("frame", 200, 120, 640, 660),
      prompt("inside", 60, 100, { parentId: "frame" }),
      nodeOf("inner", "group", {}, { ...at(40, 300), width: 400, height: 260, parentId: "frame" }),
      prompt("leaf", 40, 60, { parentId: "inner" }),
    ]),
  );
  const inside = app.node("inside");
  const leaf = await boxOf(app.node("leaf"));
  const before = await boxOf(inside);
  const box = await boxOf(app.node("frame"));
  await app.head("frame").click({ position: { x: 200, y: 10 } });
  await drag({ x: box.x, y: box.y }, { x: box.x + 30, y: box.y - 60 });
  await expect.poll(async () => (await boxOf(app.node("frame"))).y).toBeLessThan(box.y - 30);
  expect(await boxOf(inside)).toEqual(before);
  await undo();
  await expect.poll(async () => (await boxOf(app.node("frame"))).y).toBeCloseTo(box.y, 0);
  expect(await boxOf(inside)).toEqual(before);
  // A group that sticks out of the one around it makes that one larger; still nothing else moves.
  await app.head("inner").click({ position: { x: 100, y: 10 } });
  const inner = await boxOf(app.node("inner"));
  await drag({ x: inner.x, y: inner.y + 40 }, { x: box.x - 60, y: inner.y + 40 });
  await expect.poll(async () => (await boxOf(app.node("frame"))).x).toBeLessThan(box.x - 60);
  expect((await boxOf(app.node("inner"))).x).toBeCloseTo(box.x - 60, -1);
  expect(await boxOf(app.node("leaf"))).toEqual(leaf);
  expect(await boxOf(inside)).toEqual(before);
});

test("a group's edge is wide enough for a hand, keys leave a card's text, and titles name notes and wires", async () => {
  const { page } = app;
  await app.openGraph(
    namedGraph(
      "Hands",
      [
        frame("frame", 420, 0, 300, 200),
        prompt("words", 0, 0, { data: { title: "Motif", params: { text: "A harbour." } } }),
        image("maker", 0, 420),
        nodeOf("note", "note", { text: "Look." }, { ...at(420, 300), width: 220, height: 140 }),
      ],
      [wireOf("words.out > maker.prompt")],
    ),
  );
  await app.head("frame").click();
  const box = await boxOf(app.node("frame"));
  for (const off of [-3, 3]) {
    const under = await page.evaluate(
      ([x = 0, y = 0]) => document.elementFromPoint(x, y)?.className ?? "",
      [box.x + box.width + off, box.y + box.height / 3],
    );
    expect(under, `${off} pixels from the edge`).toContain("react-flow__resize-control");
  }

  await expect(page.getByRole("group", { name: "Wire from “Motif” to “Generate image”" })).toHaveCount(1);

  const field = app.node("words").getByRole("textbox");
  await field.click();
  await page.keyboard.press("Escape");
  await expect(field).not.toBeFocused();
  await page.keyboard.press("Delete");
  await expect(app.node("words")).toHaveCount(0);
  await undo();

  await app.node("note").click({ position: { x: 60, y: 3 } });
  await page.keyboard.press("F2");
  await expect(app.node("note").getByRole("textbox", { name: "Title" })).toBeFocused();
  await page.keyboard.type("To do");
  await page.keyboard.press("Enter");
  await expect(app.node("note")).toHaveAttribute("aria-label", "To do");
  await expect(app.node("note").getByText("To do")).toBeVisible();
  await page.keyboard.press("F2");
  await page.keyboard.type("Not this");
  await page.keyboard.press("Escape");
  await expect(app.node("note")).toHaveAttribute("aria-label", "To do");
});

test("what is pasted, duplicated or dropped inside a group becomes a member, clear of the others and in one step", async () => {
  const { page } = app;
  const given = ["outer", "inner", "inside", "outside"];
  await app.openGraph(
    namedGraph("Members", [
      frame("outer", 0, 0, 1100, 720),
      nodeOf("inner", "group", {}, { ...at(30, 60), width: 700, height: 560, parentId: "outer" }),
      prompt("inside", 30, 60, { parentId: "inner" }),
      prompt("outside", 1160, 0),
    ]),
  );
  const joins = async (what: string, act: () => Promise<unknown>, count = 1) => {
    await act();
    await expect(app.nodes, what).toHaveCount(given.length + count);
    const fresh = added(await app.exported(), given);
    expect(
      fresh.map(({ parentId }) => parentId),
      what,
    ).toEqual(Array.from({ length: count }, () => "inner"));
    await expect.poll(misplaced, what).toEqual([]);
    await undo();
    await expect(app.nodes, what).toHaveCount(given.length);
    await expect(page.getByRole("button", { name: "Undo", exact: true }), what).toBeDisabled();
  };
  const place = async () => {
    const box = await boxOf(app.node("inner"));
    return { x: box.x + box.width - 160, y: box.y + box.height - 120 };
  };
  await app.head("outside").click();
  await page.keyboard.press("Control+c");
  await joins("a paste at the pointer", async () => {
    const { x, y } = await place();
    await page.mouse.move(x, y);
    await page.keyboard.press("Control+v");
  });
  await joins("a paste from the menu", async () => {
    const { x, y } = await place();
    await page.mouse.click(x, y, { button: "right" });
    await page.getByRole("menuitem", { name: "Paste" }).click();
  });
  await joins("a duplicate", async () => {
    await app.head("inside").click();
    await page.keyboard.press("Control+d");
  });
  await joins("a copy dragged with Alt", async () => {
    const { x, y } = await centre(app.head("inside"));
    await page.keyboard.down("Alt");
    await drag({ x, y }, { x: x + 20, y: y + 180 });
    await page.keyboard.up("Alt");
  });
  await joins(
    "three photos",
    async () => {
      const { x, y } = await place();
      const files = await photos("one.jpg", "two.jpg", "three.jpg");
      await page.mouse.move(x, y);
      await app.drop(app.node("inner"), ...files);
      await expect(page.getByRole("img", { name: /\.jpg$/ })).toHaveCount(3);
    },
    3,
  );
  await page.getByRole("button", { name: "Nodes", exact: true }).click();
  await joins("an entry of the drawer", async () => {
    const box = await boxOf(app.node("inner"));
    await page
      .getByRole("region", { name: "Nodes" })
      .getByRole("button", { name: "Save", exact: true })
      .dragTo(app.node("inner"), { targetPosition: { x: box.width - 100, y: box.height - 100 } });
  });
});

test("what is pasted lands at the pointer, else in the middle of the view; it covers no card and is shown", async () => {
  const { page } = app;
  const given = ["one", "two", "three"];
  await app.openGraph(
    namedGraph(
      "Pasted",
      [prompt("one", 0, 0), prompt("two", 340, 0), image("three", 680, 0)],
      [wireOf("one.out > three.prompt")],
    ),
  );
  const pane = await boxOf(app.canvas);
  const settled = async (what: string, count: number) => {
    await expect(app.nodes, what).toHaveCount(given.length + count);
    await expect.poll(misplaced, what).toEqual([]);
  };
  // With the wire between them, on top of a card, and again and again at one place.
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Control+c");
  const { x, y } = await centre(app.node("two"));
  await page.mouse.move(x, y);
  await page.keyboard.press("Control+v");
  await settled("on a card", 3);
  await expect(wires()).toHaveCount(2);
  await page.keyboard.press("Control+v");
  await settled("again", 6);
  await undo();
  await undo();
  await settled("undone", 0);

  await app.head("one").click();
  await page.keyboard.press("Control+c");
  await page.mouse.move(pane.x + pane.width - 12, pane.y + pane.height - 12);
  await page.keyboard.press("Control+v");
  await settled("at the very edge", 1);
  await undo();

  // Far from where it was copied, with the pointer elsewhere: in the middle of what is seen.
  await page.mouse.move(pane.x + 400, pane.y + 400);
  for (let turn = 0; turn < 10; turn++) await page.mouse.wheel(0, 600);
  await expect(app.node("one")).not.toBeInViewport();
  await page.mouse.move(400, 10);
  await page.keyboard.press("Control+v");
  const fresh = page.locator("article[data-node-id][data-selected]");
  await expect(fresh).toBeInViewport({ ratio: 0.999 });
  const middle = await centre(fresh);
  expect(Math.abs(middle.x - (pane.x + pane.width / 2))).toBeLessThan(60);
  expect(Math.abs(middle.y - (pane.y + pane.height / 2))).toBeLessThan(60);

  // Into another document, and a duplicate beside its own.
  await app.openGraph(namedGraph("Another", [prompt("four", 4000, 4000)]));
  await page.mouse.move(400, 10);
  await page.keyboard.press("Control+v");
  await expect(page.locator("article[data-node-id][data-selected]")).toBeInViewport({ ratio: 0.999 });
  await page.keyboard.press("Control+d");
  await expect.poll(misplaced).toEqual([]);

  // In a slim window the inspector lies over the canvas: the middle is that of the part beside it.
  await page.setViewportSize({ width: 860, height: 700 });
  await page.getByRole("button", { name: "Show inspector" }).click();
  const inspector = await boxOf(page.getByRole("complementary", { name: "Inspector" }));
  await page.mouse.move(200, 400);
  for (let turn = 0; turn < 10; turn++) await page.mouse.wheel(0, 600);
  await expect(page.locator("article[data-node-id]").first()).not.toBeInViewport();
  await page.mouse.move(200, 10);
  await page.keyboard.press("Control+v");
  await expect(fresh).toBeInViewport({ ratio: 0.999 });
  const slim = await boxOf(fresh);
  expect(slim.x + slim.width).toBeLessThan(inspector.x);
});

test("a press on one of several selected cards selects it alone, also after a rectangle was drawn around them", async () => {
  const { page } = app;
  await app.openGraph(
    namedGraph("Selected", [prompt("one", 0, 60), prompt("two", 340, 60), prompt("three", 680, 60)]),
  );
  const selected = () =>
    page.evaluate(() =>
      [...document.querySelectorAll("[data-node-id][data-selected]")].map((card) =>
        card.getAttribute("data-node-id"),
      ),
    );
  const first = await boxOf(app.node("one"));
  const second = await boxOf(app.node("two"));
  await drag({ x: first.x - 15, y: first.y - 15 }, { x: second.x + 50, y: second.y + second.height + 20 });
  await expect.poll(selected).toEqual(["one", "two"]);
  await app.head("two").click();
  await expect.poll(selected).toEqual(["two"]);
  await app.head("one").click({ modifiers: ["Shift"] });
  await app.head("three").click({ modifiers: ["Control"] });
  await expect.poll(selected).toEqual(["one", "two", "three"]);
  await app.head("one").click({ modifiers: ["Shift"] });
  await expect.poll(selected).toEqual(["two", "three"]);
  // A drag takes all of them along and leaves them selected.
  const before = await boxOf(app.node("three"));
  const { x, y } = await centre(app.head("two"));
  await drag({ x, y }, { x, y: y + 120 });
  await expect.poll(async () => (await boxOf(app.node("three"))).y).toBeGreaterThan(before.y + 60);
  expect(await selected()).toEqual(["two", "three"]);
  await undo();
  await expect.poll(async () => (await boxOf(app.node("three"))).y).toBeCloseTo(before.y, 0);
  // One node moved by keys and then another: two steps, however quickly.
  await app.head("one").click();
  await page.keyboard.press("ArrowDown");
  await app.head("three").click();
  await page.keyboard.press("ArrowDown");
  await undo();
  const places = (await app.exported()).nodes.map(({ id, position }) => [id, position.y]);
  expect(places).toEqual([
    ["one", 61],
    ["two", 60],
    ["three", 60],
  ]);
});

test("a wire keeps its colour when it is selected, and dragged off its input it is the same wire that moves", async () => {
  const { page } = app;
  await app.openGraph(
    namedGraph(
      "Moved wire",
      [prompt("words", 0, 0), image("one", 400, 0), image("two", 400, 320)],
      [wireOf("words.out > one.prompt")],
    ),
  );
  const stroke = () =>
    wires()
      .locator(".react-flow__edge-path")
      .evaluate((path) => getComputedStyle(path).stroke);
  const plain = await stroke();
  const start = await centre(port("words", "out", "source"));
  const end = await centre(port("one", "prompt", "target"));
  await page.mouse.click((start.x + end.x) / 2, (start.y + end.y) / 2);
  await expect(wires()).toHaveClass(/selected/);
  expect(await stroke()).toBe(plain);

  const ends = async () =>
    (await app.exported()).edges.map(({ source, target, targetHandle }) => [source, target, targetHandle]);
  const input = await centre(port("one", "prompt", "target"));
  await drag(input, await centre(port("two", "prompt", "target")));
  expect(await ends()).toEqual([["words", "two", "prompt"]]);
  // Put back on its own port it stays, and let go over nothing it is gone, each in one step.
  const there = await centre(port("two", "prompt", "target"));
  await drag(there, { x: there.x - 3, y: there.y + 2 });
  expect(await ends()).toEqual([["words", "two", "prompt"]]);
  await drag(there, { x: there.x - 60, y: there.y + 260 });
  await expect(wires()).toHaveCount(0);
  await undo();
  await expect(wires()).toHaveCount(1);
  await undo();
  expect(await ends()).toEqual([["words", "one", "prompt"]]);
  await expect(page.getByRole("button", { name: "Undo", exact: true })).toBeDisabled();
  // While it is held, the ports that give nothing step back: it is drawn from where it comes from.
  await page.mouse.move(input.x, input.y);
  await page.mouse.down();
  await page.mouse.move(input.x - 40, input.y + 60, { steps: 4 });
  await expect(port("two", "prompt", "target").locator("xpath=ancestor::*[@data-glow]")).toHaveAttribute(
    "data-glow",
    "fits",
  );
  await page.keyboard.press("Escape");
  await page.mouse.move(input.x, input.y, { steps: 3 });
  await page.mouse.up();
  expect(await ends()).toEqual([["words", "one", "prompt"]]);
});

test("a photo is one step and each file is taken or named, wherever files are dropped", async () => {
  const { page } = app;
  const told = (words: string) => expect(page.getByText(words).first()).toBeVisible();
  await app.openGraph(namedGraph("Files", [image("maker", 420, 60)]));
  const pane = page.locator(".react-flow__pane");
  const [first, second, third] = await photos("a.jpg", "b.jpg", "c.jpg");
  if (!first || !second || !third) throw new Error("There is no photo.");
  const strange = (name: string): HeldFile => ({ name, mimeType: "application/octet-stream", bytes: "x" });

  await app.drop(pane, first, strange("plan.docx"), second, strange("scene.blend"));
  await expect(page.getByRole("img", { name: /\.jpg$/ })).toHaveCount(2);
  await told("“plan.docx” and “scene.blend”");
  await expect.poll(misplaced).toEqual([]);
  await page.keyboard.press("Control+z");
  await expect(app.nodes).toHaveCount(1);
  await page.keyboard.press("Control+Shift+z");
  // What came after the step is part of it.
  await expect(page.getByRole("img", { name: /\.jpg$/ })).toHaveCount(2);
  await undo();

  // On an input they are wired to it, and on an Upload the first one goes into it.
  await app.drop(port("maker", "reference_images", "target"), first, second);
  await expect(wires()).toHaveCount(2);
  await expect.poll(misplaced).toEqual([]);
  await undo();
  await expect(app.nodes).toHaveCount(1);
  await expect(wires()).toHaveCount(0);
  await app.drop(port("maker", "reference_images", "target"), first);
  await expect(page.getByRole("img", { name: "a.jpg" })).toBeVisible();
  const upload = page.locator('article[data-node-type="upload"]');
  await app.drop(upload.getByText("a.jpg"), third, second);
  await expect(upload).toHaveCount(2);
  await expect(page.getByRole("img", { name: "c.jpg" })).toBeVisible();
  await expect(page.getByRole("img", { name: "a.jpg" })).toHaveCount(0);
  await undo();
  await expect(upload).toHaveCount(1);
  await expect(page.getByRole("img", { name: "a.jpg" })).toBeVisible();

  // What the studio refuses leaves no card behind.
  const cards = await app.nodes.count();
  await app.drop(pane, { name: "empty.jpg", mimeType: "image/jpeg", bytes: "" });
  await told("“empty.jpg” was not taken");
  await expect(app.nodes).toHaveCount(cards);

  // Beside the canvas nothing takes them, and that is said.
  await app.drop(page.getByRole("banner"), strange("aside.bin"));
  await told("“aside.bin” was not taken");
  // Of several graphs the first is on show, and what came with them is named.
  const graph = (name: string): HeldFile => ({
    name: `${name}.json`,
    mimeType: "application/json",
    bytes: JSON.stringify(namedGraph(name, [prompt("p", 0, 0)])),
  });
  await app.drop(page.locator("body"), graph("First graph"), graph("Second graph"), first);
  await expect(page.getByRole("textbox", { name: "Graph name" })).toHaveValue("First graph");
  await told("“a.jpg” was not taken");
  await told("It came with a graph, which was opened.");
  await page.keyboard.press("Control+o");
  await expect(page.getByRole("button", { name: /^Second graph/ })).toBeVisible();
});

test("fast presses of zoom add up, and Fit shows all of a graph, however large", async () => {
  const { page } = app;
  const far = Array.from({ length: 60 }, (_, index) => prompt(`p${index}`, index * 30_000, 0));
  await app.openGraph(namedGraph("Wide", far));
  const percent = page.getByRole("toolbar", { name: "View" }).getByRole("button", { name: /%$/ });
  await page.getByRole("toolbar", { name: "View" }).getByRole("button", { name: "Zoom to fit" }).click();
  const lastSeen = () =>
    page.evaluate(() => {
      const pane = document.querySelector(".react-flow")?.getBoundingClientRect();
      return [...document.querySelectorAll("article[data-node-id]")].filter((card) => {
        const { left, right } = card.getBoundingClientRect();
        return pane && left >= pane.left && right <= pane.right;
      }).length;
    });
  await expect.poll(lastSeen).toBe(60);
  await app.openGraph(namedGraph("Near", [prompt("one", 0, 0)]));
  await page.keyboard.press("0");
  await expect(percent).toHaveText("100 %");
  await page.evaluate(() => {
    const press = () => document.querySelector<HTMLElement>('[aria-label="Zoom out"]')?.click();
    for (let turn = 0; turn < 4; turn++) press();
  });
  await expect(percent).toHaveText("41 %");

  // With Ctrl the wheel never zooms the page, wherever the pointer is and whatever is open.
  const zoomsPage = async (x: number, y: number) => {
    await page.mouse.move(x, y);
    const turned = page.evaluate(
      () =>
        new Promise<boolean>((resolve) => {
          const heard = (event: Event) => setTimeout(() => resolve(!event.defaultPrevented));
          window.addEventListener("wheel", heard, { once: true, capture: true });
        }),
    );
    // It listens from now on.
    await page.evaluate(() => undefined);
    await page.keyboard.down("Control");
    await page.mouse.wheel(0, -100);
    await page.keyboard.up("Control");
    return turned;
  };
  const pane = await boxOf(app.canvas);
  for (const [x, y] of [
    [400, 300],
    [400, 10],
    [10, 300],
    [pane.x + pane.width + 60, 300],
  ] as const)
    expect(await zoomsPage(x, y), `at ${x}, ${y}`).toBe(false);
  await page.keyboard.press("Control+,");
  await expect(page.getByRole("dialog", { name: "Settings" })).toBeVisible();
  expect(await zoomsPage(400, 300)).toBe(false);
});

test("a wire goes around the card that stands between the two it joins", async () => {
  const { page } = app;
  await app.openGraph(
    namedGraph(
      "Around",
      [prompt("words", 0, 60), prompt("between", 400, 40), image("maker", 820, 60)],
      [wireOf("words.out > maker.prompt")],
    ),
  );
  /** Whether any point of the wire lies on the card between. */
  const isBehind = () =>
    page.evaluate(() => {
      const path = document.querySelector<SVGPathElement>(".react-flow__edge .react-flow__edge-path");
      const card = document.querySelector('[data-node-id="between"]')?.getBoundingClientRect();
      const matrix = path?.getScreenCTM();
      if (!path || !card || !matrix) throw new Error("There is no wire.");
      const length = path.getTotalLength();
      return Array.from({ length: 200 }, (_, index) =>
        path.getPointAtLength((index / 199) * length).matrixTransform(matrix),
      ).some(({ x, y }) => x > card.left && x < card.right && y > card.top && y < card.bottom);
    });
  await expect.poll(isBehind).toBe(false);
  // Out of the way, and back into it.
  const { x, y } = await centre(app.head("between"));
  await drag({ x, y }, { x, y: y + 320 });
  await expect(wires().locator('.react-flow__edge-path:not([d*="Q"])')).toHaveCount(1);
  await undo();
  await expect.poll(isBehind).toBe(false);
});

test("Tidy takes the selection, moves it in one step, and can be given up", async () => {
  const { page } = app;
  await app.openGraph(
    namedGraph(
      "Heap",
      [
        prompt("one", 0, 0),
        image("two", 40, 30),
        nodeOf("three", "save", {}, at(80, 60)),
        prompt("aside", 700, 0),
      ],
      [wireOf("one.out > two.prompt"), wireOf("two.out > three.in")],
    ),
  );
  const placesOf = async () =>
    Object.fromEntries((await app.exported()).nodes.map(({ id, position }) => [id, position]));
  const before = await placesOf();
  const view = page.getByRole("toolbar", { name: "View" });

  // The layout never answers: the press does all the same, and Escape gives it up.
  await page.route(/elk-worker/, () => new Promise(() => {}));
  await page.keyboard.press("Control+a");
  await view.getByRole("button", { name: "Tidy up" }).click();
  await expect(view.getByRole("button", { name: "Stop tidying up" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(view.getByRole("button", { name: "Tidy up" })).toBeVisible();
  await expect(page.locator("[data-node-id][data-selected]")).toHaveCount(4);
  await view.getByRole("button", { name: "Tidy up" }).click();
  await page.getByText("Tidying up 4 nodes…").first().waitFor();
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  await expect(view.getByRole("button", { name: "Tidy up" })).toBeVisible();
  expect(await placesOf()).toEqual(before);
  await page.unroute(/elk-worker/);

  await app.head("aside").click({ modifiers: ["Shift"] });
  await view.getByRole("button", { name: "Tidy up" }).click();
  await expect.poll(misplaced).toEqual([]);
  const after = await placesOf();
  expect(after["aside"]).toEqual(before["aside"]);
  expect(after["one"]).not.toEqual(after["two"]);
  await undo();
  expect(await placesOf()).toEqual(before);
  await expect(page.getByRole("button", { name: "Undo", exact: true })).toBeDisabled();
});
