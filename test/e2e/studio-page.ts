import { randomUUID } from "node:crypto";
import { expect, type Locator, type Page } from "@playwright/test";
import { parseGraph } from "../../src/graph/document/parse.ts";
import type { Graph, GraphNode } from "../../src/graph/document/schema.ts";
import { graphOf } from "../support/graph-builders.ts";
import { said } from "../support/in-english.ts";

/** A file in the hand: what a person drops or picks. */
export type HeldFile = {
  readonly name: string;
  readonly mimeType: string;
  readonly bytes: string | Uint8Array;
};

/** What a person does in the studio, in their words. */
export type StudioPage = {
  readonly page: Page;
  readonly canvas: Locator;
  open(url: string): Promise<void>;
  /** Drags an entry of the palette to a place on the canvas, measured from its top left corner. */
  dragFromPalette(entry: string, place: { readonly x: number; readonly y: number }): Promise<Locator>;
  /** The card with this title. */
  card(title: string): Locator;
  /** The card of this node, as far as it is in view. */
  node(nodeId: string): Locator;
  /** All cards in view. */
  readonly nodes: Locator;
  /** The heading of a card: a place to press that holds no field. */
  head(nodeId: string): Locator;
  /** Drops files on the middle of an element, as from the desktop. */
  drop(target: Locator, ...files: readonly HeldFile[]): Promise<void>;
  /** Opens a graph as a file dropped on the window, and waits until it is there. */
  openGraph(graph: Graph): Promise<void>;
  /** Draws a wire with the mouse. */
  wire(
    from: { readonly card: Locator; readonly port: string },
    to: { readonly card: Locator; readonly port: string },
  ): Promise<void>;
  /** Picks an entry of the main menu. */
  menu(entry: RegExp): Promise<void>;
  /** Chooses somebody's server in the settings and stores a key for it. */
  chooseServer(url: string, key: string): Promise<void>;
  run(): Promise<void>;
  /** Opens the posts that wait for an approval, once there is one. */
  reviewPosts(): Promise<void>;
  /** Resolves when the run on show has come to rest. */
  settled(): Promise<void>;
  /** The document as it would be exported now. */
  exportText(): Promise<string>;
  /** The same, read back. */
  exported(): Promise<Graph>;
};

/** A graph of its own id and name, seen from where its nodes are at (0, 0) and full size. */
export function namedGraph(
  name: string,
  nodes: readonly GraphNode[],
  wires: Parameters<typeof graphOf>[1] = [],
): Graph {
  return { ...graphOf(nodes, wires), id: randomUUID(), name, viewport: { x: 40, y: 40, zoom: 0.75 } };
}

export function studioPage(page: Page): StudioPage {
  const canvas = page.getByRole("application").first();
  const card = (title: string) => page.locator("article[data-node-id]").filter({ hasText: title }).first();
  const menu = async (entry: RegExp) => {
    await page.getByRole("button", { name: "Menu", exact: true }).click();
    await page.getByRole("menuitem", { name: entry }).click();
  };
  const nodes = page.locator("[data-node-id]");
  const node = (nodeId: string) => page.locator(`[data-node-id="${nodeId}"]`);
  const drop: StudioPage["drop"] = async (target, ...files) => {
    const held = files.map(({ bytes, ...file }) => ({
      ...file,
      base64: Buffer.from(bytes).toString("base64"),
    }));
    const transfer = await page.evaluateHandle((given) => {
      const made = new DataTransfer();
      for (const { name, mimeType, base64 } of given) {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        made.items.add(new File([bytes], name, { type: mimeType }));
      }
      return made;
    }, held);
    const { x, y } = await centre(target);
    const event = { dataTransfer: transfer, clientX: x, clientY: y };
    await target.dispatchEvent("dragover", event);
    await target.dispatchEvent("drop", event);
  };
  return {
    page,
    canvas,
    card,
    node,
    nodes,
    menu,
    drop,
    head: (nodeId) => node(nodeId).locator("header").first(),
    async openGraph(graph) {
      const bytes = JSON.stringify(graph);
      await drop(page.locator("body"), { name: `${graph.name}.json`, mimeType: "application/json", bytes });
      await expect(page.getByRole("textbox", { name: "Graph name" })).toHaveValue(graph.name);
      await expect(nodes.first()).toBeVisible();
    },
    async open(url) {
      await page.goto(url);
      await expect(page.getByRole("textbox", { name: "Graph name" })).toBeVisible();
    },
    async dragFromPalette(entry, place) {
      const drawer = page.getByRole("region", { name: "Nodes" });
      if (!(await drawer.isVisible())) await page.getByRole("button", { name: "Nodes", exact: true }).click();
      const cards = page.locator("article[data-node-id]");
      const before = await cards.count();
      await drawer
        .getByRole("button", { name: entry, exact: true })
        .dragTo(canvas, { targetPosition: place });
      await expect(cards).toHaveCount(before + 1);
      return page.locator(`article[data-node-id="${await cards.last().getAttribute("data-node-id")}"]`);
    },
    async wire(from, to) {
      const start = await centre(from.card.locator(`.source[data-port="${from.port}"]`));
      const end = await centre(to.card.locator(`.target[data-port="${to.port}"]`));
      await page.mouse.move(start.x, start.y);
      await page.mouse.down();
      await page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2, { steps: 5 });
      await page.mouse.move(end.x, end.y, { steps: 5 });
      await page.mouse.up();
    },
    async chooseServer(url, key) {
      await page.keyboard.press("Control+,");
      const settings = page.getByRole("dialog", { name: "Settings" });
      await settings.getByRole("radio", { name: /^Another server/ }).click();
      await settings.getByRole("textbox", { name: "Address of the server" }).fill(url);
      await settings.getByRole("button", { name: "Use this server" }).click();
      await settings.getByLabel("API key").fill(key);
      await settings.getByRole("button", { name: "Store key" }).click();
      await expect(settings.getByText("Ready", { exact: true })).toBeVisible();
      await settings.getByRole("button", { name: "Close" }).click();
      await expect(settings).toHaveCount(0);
    },
    async run() {
      await page.getByRole("button", { name: "Run", exact: true }).click();
    },
    async reviewPosts() {
      await page.getByRole("button", { name: /^\d+ posts? waits? for you/ }).click();
    },
    async settled() {
      await expect(page.getByRole("button", { name: "Run", exact: true })).toBeEnabled();
    },
    async exportText() {
      const download = page.waitForEvent("download");
      await menu(/^Export/);
      const stream = await (await download).createReadStream();
      let text = "";
      for await (const chunk of stream.setEncoding("utf8")) text += chunk;
      return text;
    },
    async exported() {
      const opened = parseGraph(await this.exportText());
      if (!opened.ok) throw new Error(said(opened.reason.message));
      return opened.graph;
    },
  };
}

/** The middle of an element on the screen. */
export async function centre(locator: Locator): Promise<{ x: number; y: number }> {
  const box = await locator.boundingBox();
  if (!box) throw new Error(`${locator} is not on the screen.`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Notes every status a card goes through from now on, by title of the card. */
export async function watchStatuses(page: Page): Promise<() => Promise<Record<string, string[]>>> {
  await page.evaluate(() => {
    const seen: Record<string, string[]> = {};
    const note = (element: Element) => {
      const title = element.getAttribute("aria-label") ?? "";
      const status = element.getAttribute("data-status") ?? "";
      const list = seen[title] ?? [];
      seen[title] = list.at(-1) === status ? list : [...list, status];
    };
    new MutationObserver((changes) => {
      for (const { target } of changes) if (target instanceof Element) note(target);
    }).observe(document.body, { subtree: true, attributes: true, attributeFilter: ["data-status"] });
    for (const element of document.querySelectorAll("[data-status]")) note(element);
    Object.assign(window, { seenStatuses: seen });
  });
  return () =>
    page.evaluate(() => (window as unknown as { seenStatuses: Record<string, string[]> }).seenStatuses);
}
