import { en as shared } from "../../../src/words/en/en.ts";
import { settings } from "./settings.ts";
import { ui } from "./ui.ts";

/** What the window says in English. */
export const en = { ...shared, settings, ui } as const;
