import { expect, test } from "@playwright/test";
import { nodeOf } from "../support/graph-builders.ts";
import { openStudio } from "./open-studio.ts";
import { cutTexts, speakPseudo, unspoken } from "./spoken.ts";
import { namedGraph } from "./studio-page.ts";

const { app } = openStudio({ forEach: true });

test("the window speaks the chosen language at once, and still after a reload", async () => {
  const { page } = app;
  await page.keyboard.press("Control+,");
  await page.getByRole("dialog", { name: "Settings" }).getByRole("radio", { name: "Deutsch" }).click();
  const settings = page.getByRole("dialog", { name: "Einstellungen" });
  await expect(settings.getByRole("region", { name: "Darstellung" })).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "de");
  await page.reload();
  await expect(app.canvas).toBeVisible();
  await page.keyboard.press("Control+,");
  await expect(settings).toBeVisible();
  await settings.getByRole("radio", { name: "English" }).click();
  await expect(page.getByRole("dialog", { name: "Settings" })).toBeVisible();
});

test("every text of the settings is in the tables, and none is cut when it is 40 % longer", async () => {
  const { page } = app;
  await speakPseudo(page);
  await page.keyboard.press("Control+,");
  await page.getByRole("radio", { name: "Deutsch" }).click();
  const settings = page.getByRole("dialog", { name: "[Šéttîñĝš" });
  await expect(settings.getByRole("table")).toBeVisible();
  expect((await unspoken(settings)).sort()).toEqual(["Deutsch", "English"]);
  expect(await cutTexts(settings)).toEqual([]);
});

test("history and posts speak the chosen language whole, opened runs and empty lists too", async () => {
  const { page } = app;
  await app.openGraph(
    namedGraph("Harbour", [
      nodeOf("picture", "generate", { family: "image", model: "nano-banana-2", prompt: "A quiet harbour" }),
    ]),
  );
  await app.run();
  await expect(app.node("picture")).toHaveAttribute("data-status", "succeeded");
  await app.settled();
  await speakPseudo(page);
  await page.keyboard.press("Control+,");
  await page.getByRole("radio", { name: "Deutsch" }).click();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Alt+3");
  const history = page.getByRole("region", { name: "[Ĥîštôŕÿ" });
  await history.locator("[data-run]").click();
  await expect(history.getByRole("list", { name: "[Šté" })).toBeVisible();
  expect(await unspoken(history)).toEqual([]);
  expect(await cutTexts(history)).toEqual([]);
  await page.keyboard.press("Alt+5");
  const posts = page.getByRole("region", { name: "[Pôštš" });
  expect(await unspoken(posts)).toEqual([]);
});
