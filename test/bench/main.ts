/**
 * `npm run bench -- engine|polling|batch|growth|window [--json FILE]`; `engine --alone` leaves out the other engines,
 * `batch --rows N --family image` makes another batch.
 */
import { parseArgs } from "node:util";
import { benchBatch } from "./batch.ts";
import { benchEngine } from "./engine.ts";
import { benchGrowth } from "./growth.ts";
import { benchPolling } from "./polling.ts";
import { tell } from "./report.ts";
import { benchWindow } from "./window.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: "string" },
    alone: { type: "boolean", default: false },
    rows: { type: "string", default: "10000" },
    family: { type: "string", default: "text" },
  },
});
switch (positionals[0]) {
  case "engine":
    tell(await benchEngine(values), values.json);
    break;
  case "polling":
    tell(await benchPolling(), values.json);
    break;
  case "batch":
    tell(
      await benchBatch({ rows: Number(values.rows), family: values.family === "image" ? "image" : "text" }),
      values.json,
    );
    break;
  case "growth":
    tell(await benchGrowth(), values.json);
    break;
  case "window":
    tell(await benchWindow(), values.json);
    break;
  default:
    console.error(
      "Say which: npm run bench -- engine [--alone] [--json FILE], polling, batch, growth or window [--json FILE].",
    );
    process.exitCode = 2;
}
