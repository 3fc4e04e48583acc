import { english } from "../../words/english.ts";
import { languageOf } from "../../words/language.ts";
import { createWords, type Words } from "../../words/words.ts";

const { CATWALK_LANG, LC_ALL, LC_MESSAGES, LANG } = process.env;
// As programs of the system do it: the first that is set decides, even where Catwalk does not speak its language.
const language = languageOf([[CATWALK_LANG, LC_ALL, LC_MESSAGES, LANG].find(Boolean)]);

/** What the command line speaks. */
export const words: Words =
  language === "de" ? createWords(language, (await import("../../words/de/de.ts")).de) : english;
