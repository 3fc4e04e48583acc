/** Why an edit did not give its result. Travels between processes as data and keeps its causes. */
import { z } from "zod";

const editFailureCodes = [
  /** The signal was aborted; the render was killed. */
  "cancelled",
  /** Operation, params, text or inputs do not fit; found before anything is rendered. */
  "invalid-request",
  /** An input is missing, unreadable, or no media this build can read. */
  "unreadable-input",
  /** A media file that stops before its end. */
  "incomplete",
  /** The operation needs sound and the input has none. */
  "no-audio",
  /** The render process ended by itself. */
  "crashed",
  "timed-out",
  "out-of-memory",
  "disk-full",
  /** The editor was closed while the edit waited or ran. */
  "closed",
  "render-failed",
] as const;
export type EditFailureCode = (typeof editFailureCodes)[number];

/** An error as data: name, code, message, and its cause all the way down. */
export type ErrorData = {
  readonly name: string;
  readonly message: string;
  readonly code?: string | undefined;
  readonly cause?: ErrorData | undefined;
};

export const ErrorData: z.ZodType<ErrorData> = z.object({
  name: z.string(),
  message: z.string(),
  code: z.string().optional(),
  cause: z.lazy(() => ErrorData).optional(),
});

export class EditFailure extends Error {
  override readonly name = "EditFailure";
  readonly code: EditFailureCode;
  /** The end of what the render process wrote to stderr, at most 4,000 characters. */
  readonly stderrTail: string | undefined;

  constructor(
    code: EditFailureCode,
    message: string,
    options: { readonly cause?: unknown; readonly stderrTail?: string | undefined } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.stderrTail = options.stderrTail || undefined;
  }
}

const MESSAGE_LIMIT = 2000;
const CAUSE_DEPTH = 5;

export function toErrorData(error: unknown, depth = CAUSE_DEPTH): ErrorData {
  if (!(error instanceof Error)) return { name: "Error", message: String(error).slice(0, MESSAGE_LIMIT) };
  const code = "code" in error && error.code !== undefined ? String(error.code) : undefined;
  return {
    name: error.name,
    message: error.message.slice(0, MESSAGE_LIMIT),
    ...(code === undefined ? {} : { code }),
    ...(error.cause === undefined || depth === 0 ? {} : { cause: toErrorData(error.cause, depth - 1) }),
  };
}

/** Rebuilds what `toErrorData` took apart. An `EditFailure` comes back as one, anything else as its cause. */
export function toEditFailure(data: ErrorData, stderrTail: string): EditFailure {
  const code = editFailureCodes.find((known) => known === data.code);
  if (data.name === "EditFailure" && code)
    return new EditFailure(code, data.message, { cause: data.cause && toError(data.cause), stderrTail });
  if (data.code === "ENOSPC" || /no space left/i.test(data.message))
    return new EditFailure("disk-full", "The disk is full. Make room and run the edit again.", {
      cause: toError(data),
      stderrTail,
    });
  return new EditFailure("render-failed", `The edit could not be rendered: ${data.message}`, {
    cause: toError(data),
    stderrTail,
  });
}

function toError(data: ErrorData): Error {
  const error = new Error(data.message, data.cause ? { cause: toError(data.cause) } : undefined);
  error.name = data.name;
  return data.code === undefined ? error : Object.assign(error, { code: data.code });
}
