import { z } from "zod";
import type { PublishPolicy } from "../../engine/index.ts";
import {
  type RunLimits,
  type RunSelection,
  runLimitsSchema,
  selectionSchema,
} from "../contract/preflight.ts";

/** What of a run's order a later process needs, beside graph and plan. */
export type RunOptions = {
  readonly publishPolicy: PublishPolicy;
  readonly selection: RunSelection;
  readonly limits: RunLimits;
  /** As `RunSetup.toldDoubts`. */
  readonly toldDoubts?: readonly string[] | undefined;
  /** Where a command line was told to put its results. */
  readonly outFolder?: string | undefined;
};

const optionsSchema = z.object({
  publishPolicy: z.enum(["ask", "sandbox", "flag", "skip"]),
  selection: selectionSchema.catch({ kind: "all" }),
  limits: runLimitsSchema.default({ fresh: false }),
  toldDoubts: z.array(z.string()).optional(),
  outFolder: z.string().optional(),
});

export function storedOptions(options: RunOptions): string {
  const { selection, publishPolicy, limits, toldDoubts, outFolder } = options;
  return JSON.stringify({ selection, publishPolicy, limits, toldDoubts, outFolder });
}

export function openStoredOptions(json: string): RunOptions {
  return optionsSchema.parse(JSON.parse(json));
}
