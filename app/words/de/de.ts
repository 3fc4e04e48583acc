import { de as shared } from "../../../src/words/de/de.ts";
import type { Translation } from "../../../src/words/message.ts";
import type { en } from "../en/en.ts";
import { canvas } from "./canvas.ts";
import { history } from "./history.ts";
import { inspector } from "./inspector.ts";
import { palette } from "./palette.ts";
import { posts } from "./posts.ts";
import { settings } from "./settings.ts";
import { shell } from "./shell.ts";
import { steps } from "./steps.ts";
import { ui } from "./ui.ts";

export const de: Translation<typeof en> = {
  ...shared,
  shell,
  history,
  posts,
  steps,
  palette,
  inspector,
  canvas,
  settings,
  ui,
};
