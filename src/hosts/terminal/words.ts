import { english } from "../../words/english.ts";
import { languageOf } from "../../words/language.ts";
import { createWords, type Words } from "../../words/words.ts";

// Parts of the command line are English still, so the system's own variables do not choose German unasked.
const language = languageOf([process.env["CATWALK_LANG"]]);

/** What the command line speaks. */
export const words: Words =
  language === "de" ? createWords(language, (await import("../../words/de/de.ts")).de) : english;
