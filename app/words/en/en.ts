import { en as shared } from "../../../src/words/en/en.ts";
import { canvas } from "./canvas.ts";
import { history } from "./history.ts";
import { inspector } from "./inspector.ts";
import { palette } from "./palette.ts";
import { posts } from "./posts.ts";
import { settings } from "./settings.ts";
import { shell } from "./shell.ts";
import { steps } from "./steps.ts";
import { ui } from "./ui.ts";

/** What the window says in English. */
export const en = {
  ...shared,
  history,
  posts,
  shell,
  steps,
  palette,
  inspector,
  canvas,
  settings,
  ui,
} as const;
