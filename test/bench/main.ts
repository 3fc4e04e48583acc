/** `npm run bench -- engine|polling [--json FILE]`; `engine --peers` also runs other engines on the same work. */
import { parseArgs } from "node:util";
import { benchEngine } from "./engine.ts";
import { benchPolling } from "./polling.ts";
import { tell } from "./report.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "string" }, peers: { type: "boolean", default: false } },
});
switch (positionals[0]) {
  case "engine":
    tell(await benchEngine(values), values.json);
    break;
  case "polling":
    tell(await benchPolling(), values.json);
    break;
  default:
    console.error("Say which: npm run bench -- engine [--peers] [--json FILE], or polling [--json FILE].");
    process.exitCode = 2;
}
