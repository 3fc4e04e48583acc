import { preferencesStore, setPreference, usePreference } from "./preferences.ts";

export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

const NAME = "theme";

export function useTheme(): Theme {
  return usePreference(NAME, parseTheme);
}

export function setTheme(theme: Theme): void {
  setPreference(NAME, theme);
}

/** Applies the chosen theme now and on each change. The last one is remembered in this window's own storage too. */
export function startTheme(): void {
  // Preferences arrive over the studio's line: without this the window would flash in the system's theme first.
  apply(parseTheme(localStorage.getItem(NAME)));
  preferencesStore.subscribe(({ loaded, values }) => {
    if (!loaded && values[NAME] === undefined) return;
    const theme = parseTheme(values[NAME]);
    apply(theme);
    localStorage.setItem(NAME, theme);
  });
}

function parseTheme(value: unknown): Theme {
  return themes.find((theme) => theme === value) ?? "system";
}

function apply(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}
