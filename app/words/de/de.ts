import { de as shared } from "../../../src/words/de/de.ts";
import type { Translation } from "../../../src/words/message.ts";
import type { en } from "../en/en.ts";
import { settings } from "./settings.ts";
import { ui } from "./ui.ts";

export const de: Translation<typeof en> = { ...shared, settings, ui };
