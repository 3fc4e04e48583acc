export const languages = ["en", "de"] as const;
export type Language = (typeof languages)[number];

/** The first language of a list such as `["de-AT", "en"]` or `["de_DE.UTF-8"]` that Catwalk speaks; else English. */
export function languageOf(wanted: readonly (string | undefined)[]): Language {
  for (const tag of wanted) {
    const found = languages.find((language) => tag?.split(/[-_.@]/)[0]?.toLowerCase() === language);
    if (found) return found;
  }
  return "en";
}
