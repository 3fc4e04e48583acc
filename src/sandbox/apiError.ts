import type { z } from "zod";

const codes = {
  400: "bad_request",
  401: "unauthorized",
  402: "insufficient_credits",
  403: "forbidden",
  404: "not_found",
  409: "conflict",
  410: "gone",
  429: "rate_limit_exceeded",
  500: "internal_server_error",
} as const satisfies Record<number, string>;

export type ApiStatus = keyof typeof codes;

/** An answer in the API's documented error shape: `{ error: { message, code, … } }`. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: ApiStatus;
  readonly code: string;
  /** Further members of `error`, e.g. `deferUntil`. */
  readonly more: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: ApiStatus,
    message: string,
    options: {
      readonly code?: string | undefined;
      readonly more?: Readonly<Record<string, unknown>>;
      readonly headers?: Readonly<Record<string, string>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.status = status;
    this.code = options.code ?? codes[status];
    this.more = options.more ?? {};
    this.headers = options.headers ?? {};
  }

  response(): Response {
    return Response.json(
      { error: { message: this.message, code: this.code, ...this.more } },
      { status: this.status, headers: this.headers },
    );
  }
}

/** A 400 with the code the API uses when a body or its params do not fit. */
export const invalid = (message: string): ApiError =>
  new ApiError(400, message, { code: "validation_error" });

/** Parses with the words the API documents: `'model' is required`. */
export function parseOr400<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  prefix = "",
): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = [prefix, ...(issue?.path ?? []).map(String)].filter((part) => part !== "").join(".");
  const missing = issue?.code === "invalid_type" && issue.message.endsWith("received undefined");
  if (path === "") throw invalid("The body must be a JSON object");
  throw invalid(
    missing ? `'${path}' is required` : `'${path}' is not valid: ${issue?.message ?? "unknown reason"}`,
  );
}
