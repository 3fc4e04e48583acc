import { fileURLToPath } from "node:url";

/** Half of a short program's time is stripping types, which is the same work each time: programs of tests share it. */
export const compileCache = fileURLToPath(
  new URL("../../node_modules/.cache/catwalk-tests", import.meta.url),
);
