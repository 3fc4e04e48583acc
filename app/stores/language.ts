import { useStore } from "zustand";
import { type Language, languageOf, languages } from "../../src/words/language.ts";
import { speak, wordsStore } from "../words/words.ts";
import { preferencesStore, setPreference, usePreference } from "./preferences.ts";

export const languageChoices = ["system", ...languages] as const;
export type LanguageChoice = (typeof languageChoices)[number];

const NAME = "language";

export function useLanguageChoice(): LanguageChoice {
  return usePreference(NAME, parseChoice);
}

export function setLanguage(choice: LanguageChoice): void {
  setPreference(NAME, choice);
}

/** The language that the window speaks now. Its root is drawn anew by it. */
export function useLanguage(): Language {
  return useStore(wordsStore, ({ language }) => language);
}

/** Speaks the chosen language from now on. The last choice is remembered in this window's own storage, too. */
export async function startLanguage(): Promise<void> {
  // Preferences arrive over the studio's line: without this the window would show another language first.
  wordsStore.subscribe(({ language }) => {
    document.documentElement.lang = language;
  });
  const kept = parseChoice(localStorage.getItem(NAME));
  preferencesStore.subscribe(({ loaded, values }) => {
    if (!loaded && values[NAME] === undefined) return;
    const choice = parseChoice(values[NAME]);
    localStorage.setItem(NAME, choice);
    if (languageFor(choice) !== wordsStore.getState().language) void speak(languageFor(choice));
  });
  await speak(languageFor(kept));
}

/** Parts of the window are English still, so that German is for those who ask for it. */
function parseChoice(value: unknown): LanguageChoice {
  return languageChoices.find((choice) => choice === value) ?? "en";
}

function languageFor(choice: LanguageChoice): Language {
  return choice === "system" ? languageOf(navigator.languages) : choice;
}
