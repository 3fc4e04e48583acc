import type { Problem } from "../../graph/document/problems.ts";
import type { Refusal } from "../contract/base.ts";

/** The studio did not carry out a command: why, and what to do. The contract's `REFUSED`. */
export class Refused extends Error implements Refusal {
  override readonly name = "Refused";
  readonly code: string;
  readonly remedy: string;

  constructor(code: string, message: string, remedy: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.remedy = remedy;
  }
}

/** The graph has problems that stop the run. The contract's `INVALID_GRAPH`. */
export class InvalidGraph extends Error {
  override readonly name = "InvalidGraph";
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems[0]?.message ?? "The graph has problems.");
    this.problems = problems;
  }
}
