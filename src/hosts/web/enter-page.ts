import { WINDOW_PATH_KEY } from "../../studio/contract.ts";
import { signInFirst } from "./web-guard.ts";

/** The page of the bare address, for everybody: it holds no secret, and finds the way of a window that has been in. */

export const enterScriptPath = "/enter.js";

export const enterPage = `<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <title>Catwalk</title>
  <p>${signInFirst}</p>
  <script src="${enterScriptPath}"></script>
</html>
`;

/** Only a path of our own form: whatever else stands there leads nowhere. */
export const enterScript = `const path = localStorage.getItem(${JSON.stringify(WINDOW_PATH_KEY)});
if (path && /^\\/[\\w-]{20,}\\/$/.test(path)) location.replace(path);
`;
