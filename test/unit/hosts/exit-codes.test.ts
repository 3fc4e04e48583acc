import { expect, test } from "vitest";
import { reached } from "../../../src/hosts/commands/run.ts";
import { CommandFailure, tellFailure } from "../../../src/hosts/terminal/exit-codes.ts";
import { Refused } from "../../../src/studio/ground/refused.ts";

test.each(["run-held", "run-missing", "run-other-server", "run-damaged", "server_address_invalid"])(
  "%s ends with 2, whether it shows before the run is looked at or when another process was faster",
  async (code) => {
    const refused = new Refused(code, "It is held.", "Wait.");
    const early = await reached(Promise.reject(refused), "Nothing was resumed").catch(
      (error: unknown) => error,
    );
    expect(early).toBeInstanceOf(CommandFailure);
    expect([tellFailure(early)?.exit, tellFailure(refused)?.exit]).toEqual([2, 2]);
  },
);
