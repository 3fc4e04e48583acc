import type { Problem } from "../../graph/document/problems.ts";
import type { Said } from "../../words/message.ts";
import { Told } from "../../words/told.ts";

/** The studio did not carry out a command: why, and what to do. The contract's `REFUSED`. */
export class Refused extends Told {
  override readonly name = "Refused";
  readonly code: string;
  readonly remedy: Said;

  constructor(code: string, message: Said, remedy: Said, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.remedy = remedy;
  }
}

/** The graph has problems that stop the run. The contract's `INVALID_GRAPH`. */
export class InvalidGraph extends Told {
  override readonly name = "InvalidGraph";
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems[0]?.message ?? "The graph has problems.");
    this.problems = problems;
  }
}
