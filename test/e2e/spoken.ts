import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Locator, Page } from "@playwright/test";
import type { Table } from "../../src/words/message.ts";
import { pseudoTable } from "../support/pseudo.ts";

const assets = join(import.meta.dirname, "../../dist/renderer/assets");

/** Lets the window take the pseudo-language for German: the built file of German answers with other texts. */
export async function speakPseudo(page: Page): Promise<void> {
  const { en } = await import("../../app/words/en/en.ts");
  const file = readdirSync(assets).find((name) => /^de-.*\.js$/.test(name));
  if (!file) throw new Error("No built file of German: build the window first.");
  const exported = Object.keys(await import(pathToFileURL(join(assets, file)).href));
  const texts = JSON.stringify(pseudoTable(en as Table));
  const body = `const texts = ${texts};\nexport { ${exported.map((name) => `texts as ${name}`).join(", ")} };\n`;
  await page.route(`**/${file}`, (route) => route.fulfill({ contentType: "text/javascript", body }));
}

/** What a place says that is in no table: it is without the pseudo-language's brackets. Data is marked `translate="no"`. */
export function unspoken(place: Locator): Promise<string[]> {
  return place.evaluate((root) => {
    const said: string[] = [];
    const isData = (element: Element | null) => element?.closest("[translate=no], code, kbd, pre") !== null;
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const { parentElement, textContent } = texts.currentNode;
      if (!isData(parentElement) && !parentElement?.closest("style, script")) said.push(textContent ?? "");
    }
    for (const element of [root, ...root.querySelectorAll("*")])
      for (const name of ["aria-label", "title", "placeholder", "alt", "aria-description"])
        if (!isData(element)) said.push(element.getAttribute(name) ?? "");
    return [...new Set(said)].filter((text) =>
      // A figure may stand alone.
      /\p{L}{2,}/u.test(text.replaceAll(/\[.*?\]/gs, "").replaceAll(/\d ?(kB|MB|GB|min|px)\b/g, "")),
    );
  });
}

/** The texts of a place that do not fit: a line that is cut, with or without an ellipsis. */
export function cutTexts(place: Locator): Promise<string[]> {
  return place.evaluate((root) =>
    [root, ...root.querySelectorAll("*")]
      .filter((element) => {
        const ownText = [...element.childNodes].some(
          (node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim(),
        );
        if (
          !ownText ||
          !(element instanceof HTMLElement) ||
          element.closest("[translate=no], .visually-hidden")
        )
          return false;
        const hides = getComputedStyle(element).overflowX !== "visible";
        return hides && element.scrollWidth > element.clientWidth + 1;
      })
      .map((element) => element.textContent ?? ""),
  );
}
