import { expect, test } from "@playwright/test";
import { openStudio } from "./open-studio.ts";
import { cutTexts, speakPseudo, unspoken } from "./spoken.ts";

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
