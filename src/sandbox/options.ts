import { readFileSync } from "node:fs";
import { z } from "zod";
import { messageOf } from "../base/errors.ts";
import { FaultFile } from "./faults.ts";

const fromText = (value: unknown): unknown =>
  typeof value === "string" && value.trim() !== "" ? Number(value) : value;

/** A faults file that cannot be used says so when the command line is read, before anything listens. */
const FaultsPath = z.string().transform((path, context): FaultFile => {
  let text: unknown;
  try {
    text = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    context.addIssue({
      code: "custom",
      message: `cannot read ${path}: ${messageOf(error)}`,
    });
    return z.NEVER;
  }
  const parsed = FaultFile.safeParse(text);
  if (parsed.success) return parsed.data;
  context.addIssue({
    code: "custom",
    message: `${path} is no faults file:\n${z.prettifyError(parsed.error)}`,
  });
  return z.NEVER;
});

/**
 * The flags of `catwalk sandbox`, as the command line gives them (numbers may come as text), parsed to what
 * `startSandbox` takes. `{}` is all defaults but the state folder, which has none.
 */
export const sandboxOptions = z
  .strictObject({
    mode: z.enum(["current", "legacy"]).default("current"),
    /** 0 lets the system choose. */
    port: z.preprocess(fromText, z.int().min(0).max(65_535)).default(0),
    state: z.string().min(1),
    /** Divides the usual durations; `max` is zero job time. */
    speed: z
      .preprocess(
        (value) => (value === "max" ? value : fromText(value)),
        z.union([z.number().positive(), z.literal("max")], { error: "give a number above 0, or max" }),
      )
      .default(20),
    seed: z.preprocess(fromText, z.int().min(0)).default(1),
    faults: FaultsPath.optional(),
    log: z.string().min(1).optional(),
  })
  .transform(({ state, log, faults, ...rest }) => ({
    ...rest,
    stateDir: state,
    ...(faults === undefined ? {} : { faults }),
    ...(log === undefined ? {} : { logFile: log }),
  }));
