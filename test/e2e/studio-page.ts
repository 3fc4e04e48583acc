import { expect, type Locator, type Page } from "@playwright/test";

/** What a person does in the studio, in their words. */
export type StudioPage = {
  readonly page: Page;
  readonly canvas: Locator;
  open(url: string): Promise<void>;
  /** Drags an entry of the palette to a place on the canvas, measured from its top left corner. */
  dragFromPalette(entry: string, place: { readonly x: number; readonly y: number }): Promise<Locator>;
  /** The card with this title. */
  card(title: string): Locator;
  /** Draws a wire with the mouse. */
  wire(
    from: { readonly card: Locator; readonly port: string },
    to: { readonly card: Locator; readonly port: string },
  ): Promise<void>;
  /** Picks an entry of the main menu. */
  menu(entry: RegExp): Promise<void>;
  run(): Promise<void>;
  /** Resolves when the run on show has come to rest. */
  settled(): Promise<void>;
  /** The document as it would be exported now. */
  exportText(): Promise<string>;
};

export function studioPage(page: Page): StudioPage {
  const canvas = page.getByRole("application", { name: "Canvas" });
  const card = (title: string) => page.locator("article[data-node-id]").filter({ hasText: title }).first();
  const menu = async (entry: RegExp) => {
    await page.getByRole("button", { name: "Menu", exact: true }).click();
    await page.getByRole("menuitem", { name: entry }).click();
  };
  return {
    page,
    canvas,
    card,
    menu,
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
    async run() {
      await page.getByRole("button", { name: "Run", exact: true }).click();
    },
    async settled() {
      await expect(page.getByRole("button", { name: "Run", exact: true })).toBeEnabled({ timeout: 60_000 });
    },
    async exportText() {
      const download = page.waitForEvent("download");
      await menu(/^Export/);
      const stream = await (await download).createReadStream();
      let text = "";
      for await (const chunk of stream.setEncoding("utf8")) text += chunk;
      return text;
    },
  };
}

async function centre(locator: Locator): Promise<{ x: number; y: number }> {
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
