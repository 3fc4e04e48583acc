import { z } from "zod";
import { brokenJsonBound } from "../base/json-bounds.ts";
import { saidBy } from "../base/words.ts";
import { mapTexts, type Said } from "../words/message.ts";
import { Told } from "../words/told.ts";
import type { JobKind, RemoteFailure } from "./types.ts";

/**
 * Everything that can go wrong between Catwalk and the API, in words a person can act on.
 *
 * @see docs/wondercat-api.md, section 2, for the API's own codes.
 */

type Advice = {
  /** What happened, where the server does not say it itself. */
  readonly message: Said;
  /** What the person can do. */
  readonly remedy: Said;
  /** Whether the same request may work if it is simply sent again. A create in doubt overrules this with no. */
  readonly retryable: boolean;
};

const CHECK_KEY = "Check the API key in Settings (or CATWALK_API_KEY) and that it belongs to this server.";
const CHECK_PARAMS = "Change the marked settings of this node and run it again.";
const CHECK_ADDRESS =
  "Check the server address in Settings; it should be the API's origin, e.g. https://api.wondercat.ai.";
const TOP_UP = "Top up the account's credits or lower the cost of this run, then run it again.";
const TRY_LATER = "Wait a little and try again.";

/** The codes the API documents, then those Catwalk gives to what has no code of the API's. */
const ADVICE = {
  validation_error: {
    message: "The server found a setting it does not accept.",
    remedy: CHECK_PARAMS,
    retryable: false,
  },
  bad_request: {
    message: "The server could not process this request.",
    remedy: CHECK_PARAMS,
    retryable: false,
  },
  unknown_project: {
    message: "The project named in Settings does not exist on this account.",
    remedy: "Correct or clear the project in Settings, or create it on the server.",
    retryable: false,
  },
  unauthorized: { message: "The server did not accept the API key.", remedy: CHECK_KEY, retryable: false },
  insufficient_credits: {
    message: "The account has not enough credits for this.",
    remedy: TOP_UP,
    retryable: false,
  },
  payment_required: { message: "The server asks for payment first.", remedy: TOP_UP, retryable: false },
  forbidden: {
    message: "This account may not use that.",
    remedy: "Choose something the account may use, or ask the account's owner for access.",
    retryable: false,
  },
  feature_disabled: {
    message: "This feature is switched off for the account.",
    remedy: "Ask Wondercat's support to switch it on, or leave this step out.",
    retryable: false,
  },
  paid_plan_required: {
    message: "This needs a paid plan.",
    remedy: "Subscribe to a plan on the account's page, then run it again.",
    retryable: false,
  },
  not_found: {
    message: "The server does not have what was asked for.",
    remedy: "It may have been removed or belong to another account; check the account, or make it again.",
    retryable: false,
  },
  media_not_found: {
    message: "The server does not have that media.",
    remedy: "It may have expired or belong to another account; upload it again.",
    retryable: false,
  },
  conflict: {
    message: "The server is in a state that does not allow this now.",
    remedy: "See what the server says, wait for what is still going on there, then try again.",
    retryable: false,
  },
  project_exists: {
    message: "A project of that name exists already.",
    remedy: "Use the existing project or choose another name.",
    retryable: false,
  },
  gone: {
    message: "The server has retired this operation.",
    remedy: "Follow the server's hint. For edits, switch the node to local rendering.",
    retryable: false,
  },
  rate_limit_exceeded: { message: "Too many requests in a short time.", remedy: TRY_LATER, retryable: true },
  throttled: {
    message: "The server holds this action back for now.",
    remedy: "Wait until the time the server gives; sending more often makes it longer.",
    retryable: true,
  },
  internal_server_error: {
    message: "The server had a fault of its own.",
    remedy: "Try again in a few minutes; if it goes on, tell Wondercat's support.",
    retryable: true,
  },

  client_error: { message: "The server refused the request.", remedy: CHECK_PARAMS, retryable: false },
  server_error: {
    message: "The server, or something in front of it, had a fault.",
    remedy: "Try again in a few minutes; if it goes on, tell Wondercat's support.",
    retryable: true,
  },
  server_address_invalid: {
    message: "The server address is not usable.",
    remedy: CHECK_ADDRESS,
    retryable: false,
  },
  server_insecure: {
    message: "The server address uses plain http, which would send the API key unprotected.",
    remedy: "Use an https address. Plain http is only for servers on this machine, such as the sandbox.",
    retryable: false,
  },
  key_missing: {
    message: "No API key is set for this server.",
    remedy: "Enter a key in Settings or set CATWALK_API_KEY; or use the sandbox, which needs no account.",
    retryable: false,
  },
  header_invalid: {
    message: "The API key, organisation or project holds a character that cannot be sent.",
    remedy: "Enter them again in Settings, without spaces, line breaks or quotation marks.",
    retryable: false,
  },
  server_unreachable: {
    message: "Nothing answers at the server's address.",
    remedy: "Is the server running, and is this machine online? Check the address and try again.",
    retryable: true,
  },
  server_name_unknown: {
    message: "The server's name could not be looked up.",
    remedy: "Is this machine online? Check the spelling of the server address.",
    retryable: true,
  },
  connect_timeout: {
    message: "The server did not take the connection in time.",
    remedy: "Is the server running, and does a firewall or proxy stand in between? Try again.",
    retryable: true,
  },
  proxy_unreachable: {
    message: "The proxy does not answer.",
    remedy:
      "Check HTTPS_PROXY, or the system's proxy settings, and that the proxy runs. NO_PROXY names servers that are reached without it.",
    retryable: true,
  },
  proxy_refused: {
    message: "The proxy does not let the connection through.",
    remedy: "Ask the person who runs it to allow this server, or name the server in NO_PROXY.",
    retryable: false,
  },
  proxy_login_required: {
    message: "The proxy wants a user name and a password.",
    remedy: "Put them into HTTPS_PROXY (http://NAME:PASSWORD@HOST:PORT), or name the server in NO_PROXY.",
    retryable: false,
  },
  proxy_cannot_reach: {
    message: "The proxy does not reach the server.",
    remedy: "Check the server's address and the proxy's own network, and try again.",
    retryable: true,
  },
  proxy_address_invalid: {
    message: "The address of the proxy is not usable.",
    remedy: "Set HTTPS_PROXY to an address such as http://proxy.example:8080, or clear it.",
    retryable: false,
  },
  proxy_unsupported: {
    message: "Catwalk does not speak this kind of proxy.",
    remedy: "Set HTTPS_PROXY to an HTTP proxy, or name the server in NO_PROXY.",
    retryable: false,
  },
  tls_failed: {
    message: "A secure connection to the server could not be made.",
    remedy:
      "Check that the address is right and its certificate valid; behind an inspecting proxy, trust its certificate.",
    retryable: false,
  },
  connection_lost: {
    message: "The connection broke before the server answered.",
    remedy: "Check the network and try again.",
    retryable: true,
  },
  answer_timeout: { message: "The server did not answer in time.", remedy: TRY_LATER, retryable: true },
  body_cut_off: {
    message: "The server's answer was cut off.",
    remedy: "Check the network and try again.",
    retryable: true,
  },
  not_the_api: {
    message: "The answer is not the Wondercat API's: that address does not look like the Wondercat API.",
    remedy: CHECK_ADDRESS,
    retryable: false,
  },
  unexpected_body: {
    message: "The server's answer lacks what Catwalk needs.",
    remedy: "The API may have changed: look for a newer Catwalk, or report this message.",
    retryable: false,
  },
  answer_too_large: {
    message: "The server sent more than Catwalk takes.",
    remedy: "Choose a smaller output, or fetch it from the server's own site.",
    retryable: false,
  },
  redirected: {
    message:
      "The server answered with a redirect, which is never followed because the API key must not travel.",
    remedy: CHECK_ADDRESS,
    retryable: false,
  },
  accepted_without_id: {
    message: "The server said yes, but gave no job id that Catwalk can use.",
    remedy: "Look on the server whether the job was made.",
    retryable: false,
  },
  upload_rejected: {
    message: "The server did not take the file.",
    remedy: "Use a common image, video or audio format, such as PNG, JPEG, MP4 or MP3.",
    retryable: false,
  },
  upload_unanswered: {
    message: "The whole file was sent, and the server gave no answer for long.",
    remedy: "It may have the file; an upload costs nothing. Look whether the server has trouble, then retry.",
    retryable: false,
  },
  file_unreadable: {
    message: "The file cannot be read.",
    remedy: "Check that it still exists and that you may read it, or choose it again.",
    retryable: false,
  },
  file_changed: {
    message: "The file changed while it was being uploaded.",
    remedy: "Wait until the other program has finished writing it, then run again.",
    retryable: false,
  },
  download_failed: {
    message: "The server did not give this media.",
    remedy: "Its link may have expired: look at the job again to get a fresh one.",
    // With a fresh link, that is.
    retryable: true,
  },
  download_insecure: {
    message: "The media's address is not a safe one to fetch from.",
    remedy: "Media is fetched by https only; report this to the server's owner.",
    retryable: false,
  },
  too_many_redirects: {
    message: "The media's address sends in circles.",
    remedy: "Check the job again to get a fresh link.",
    retryable: true,
  },
  cancelled: {
    message: "Cancelled.",
    remedy: "Run it again when you want it.",
    retryable: false,
  },
  client_closed: {
    message: "The connection to this server was closed.",
    remedy: "Run it again; if this goes on, restart Catwalk.",
    retryable: false,
  },
} as const satisfies Record<string, Advice>;

export type FailureCode = keyof typeof ADVICE;

/** Longest message a failure carries, in characters. */
const MESSAGE_LIMIT = 500;

const DOUBT_REMEDY: { readonly [K in JobKind]: string } = {
  inference:
    "Nobody can say whether the job was made and charged. Look at your recent generations on the server; send it again only if it is not there.",
  editor:
    "Nobody can say whether the job was made and charged. Look at your recent edits on the server; send it again only if it is not there.",
  publish:
    "Nobody can say whether the post went out. Look at the account itself; publish again only if it is not there.",
};

/** @param detail what tells this case from others of its code, e.g. an errno; holds no secret. */
export function failureOf(code: FailureCode, detail?: string): RemoteFailure {
  const { message, remedy, retryable } = ADVICE[code];
  return { code, message: detail ? `${message} (${detail})` : message, remedy, retryable, cost: "none" };
}

/** A read, upload or download that did not do its work. `cause` is the network's own error, where there is one. */
export class WondercatError extends Told {
  override readonly name: string = "WondercatError";
  readonly failure: RemoteFailure;
  readonly code: string;

  constructor(failure: RemoteFailure, options?: { cause?: unknown }) {
    super(failure.message, options);
    this.failure = failure;
    this.code = failure.code;
  }
}

/** Turns the failure of a create that may have arrived into one that only a person may resolve. */
export function asDoubt(failure: RemoteFailure, kind: JobKind): RemoteFailure {
  const { retryAtMs: _notForResending, ...rest } = failure;
  return { ...rest, retryable: false, cost: "unknown", remedy: DOUBT_REMEDY[kind] };
}

/** Shorter than this is no key; taking it out of an answer would spoil the answer. In characters. */
const SHORTEST_SECRET = 16;

/**
 * An answer without the key. Any part of one may end up in a journal or on a screen, and a server may repeat what it
 * was sent, with any of its letters as an escape.
 */
export function scrubAnswer(text: string, key: string): string {
  if (key.length < SHORTEST_SECRET) return text;
  const plain = text.replaceAll(key, "sk_…");
  const json = plain.includes("\\") ? parseJson(plain) : undefined;
  if (json === undefined) return plain;
  const written = JSON.stringify(json);
  const secret = JSON.stringify(key).slice(1, -1);
  return written.includes(secret) ? written.replaceAll(secret, "sk_…") : plain;
}

/** Takes keys out of text that a person or a log will see, and bounds it. */
export function scrubText(text: string, key: string | undefined, limit = MESSAGE_LIMIT): string {
  const withoutKey = key ? text.replaceAll(key, "sk_…") : text;
  // Whole key-like words first: a cut in the middle of one would leave a piece that no pattern finds.
  const clean = withoutKey.replace(/sk_[0-9a-z]{6,}/gi, "sk_…").replace(/(bearer\s+)[^\s"',;]+/gi, "$1…");
  return clean.length <= limit ? clean : `${clean.slice(0, limit - 1)}…`;
}

export function scrubFailure(failure: RemoteFailure, key: string | undefined): RemoteFailure {
  const message = mapTexts(failure.message, (text) => scrubText(text, key));
  return { ...failure, message, code: scrubText(failure.code, key, 64) };
}

export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

export function headerOf(headers: AnswerHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}

const lenientText = z.string().optional().catch(undefined);
const errorEnvelope = z.looseObject({
  error: z.looseObject({
    message: z.string(),
    code: z.string().min(1),
    deferUntil: lenientText,
    reason: lenientText,
  }),
  // The reference does not say whether these sit inside `error` or beside it.
  deferUntil: lenientText,
  reason: lenientText,
});

/** What the API itself says about a request it refused; undefined when the body is not its error shape. */
export function parseApiError(
  status: number,
  text: string,
  headers: AnswerHeaders,
  nowMs: number,
): RemoteFailure | undefined {
  const parsed = errorEnvelope.safeParse(parseJson(text));
  if (!parsed.success) return undefined;
  const { error } = parsed.data;
  const reason = error.reason ?? parsed.data.reason;
  const advice = ADVICE[isFailureCode(error.code) ? error.code : codeOfStatus(status)];
  const stillPreparing = status === 409 && isStillPreparing(`${error.code} ${reason ?? ""} ${error.message}`);
  const retryable = status === 429 || status >= 500 || stillPreparing;
  const retryAtMs = retryable
    ? retryTime(error.deferUntil ?? parsed.data.deferUntil, headers, nowMs)
    : undefined;
  const said = error.message.trim();
  const message = said === "" ? advice.message : answeredWords(status, said);
  return {
    code: error.code.replace(/[^\w.-]+/g, "_"),
    message: reason ? `${message} (${reason})` : message,
    remedy: stillPreparing
      ? "The server is still preparing the media; it goes on by itself when ready."
      : advice.remedy,
    status,
    retryable,
    ...(retryAtMs === undefined ? {} : { retryAtMs }),
    cost: "none",
    ...(isMediaGone(status, error.code, said) ? { mediaGone: true as const } : {}),
  };
}

/** The best words for an answer that is neither a success nor the API's own error shape. */
export function describeStrayAnswer(
  status: number,
  text: string,
  headers: AnswerHeaders,
  nowMs: number,
): RemoteFailure {
  const detail = `HTTP ${status}`;
  const transient = status === 429 || status >= 500;
  if (status < 400) return { ...failureOf(status >= 300 ? "redirected" : "not_the_api", detail), status };
  // A proxy's page about a passing trouble tells nothing about the address; any other page does.
  if (!transient && looksLikeMarkup(text)) return { ...failureOf("not_the_api", detail), status };
  const failure = failureOf(codeOfStatus(status), detail);
  const words = wordsOf(parseJson(text));
  const retryAtMs = transient ? retryTime(undefined, headers, nowMs) : undefined;
  return {
    ...failure,
    message: words ? answeredWords(status, words) : failure.message,
    status,
    retryable: transient,
    ...(retryAtMs === undefined ? {} : { retryAtMs }),
  };
}

function answeredWords(status: number, said: string): string {
  return `The server answered HTTP ${status} and said: ${saidBy(said)}.`;
}

export type ParsedBody<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: RemoteFailure };

/** Reads the text of a 2xx answer; every way in which it can be wrong has a name. */
export function parseBody<T>(schema: z.ZodType<T>, text: string): ParsedBody<T> {
  const json = parseJson(text);
  if (json === undefined) {
    const broken = brokenJsonBound(text, answerBounds);
    if (broken) return { ok: false, failure: failureOf("answer_too_large", wordsOfBound[broken]) };
    const code = /^\s*[{["]/.test(text) ? "body_cut_off" : "not_the_api";
    return { ok: false, failure: failureOf(code, text.trim() === "" ? "empty answer" : undefined) };
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { ok: true, value: parsed.data };
  const issue = parsed.error.issues[0];
  // The path, never the value: it may be anything.
  const place = issue?.path.join(".");
  const detail = place ? `no usable "${place}"` : undefined;
  return { ok: false, failure: failureOf("unexpected_body", detail) };
}

/** The text of deprecation hints: `Warning: 299 - "message"`. */
export function noticeOf(headers: AnswerHeaders, key: string | undefined): string | undefined {
  const warning = headerOf(headers, "warning");
  if (!warning) return undefined;
  const quoted = [...warning.matchAll(/\b299\s+\S+\s+"((?:[^"\\]|\\.)*)"/g)].map((match) =>
    (match[1] ?? "").replace(/\\(.)/g, "$1"),
  );
  const words = quoted.length > 0 ? quoted.join("; ") : /^299\s+\S+\s+(.+)$/.exec(warning)?.[1];
  return words ? scrubText(words, key) : undefined;
}

/** Far above any answer of the API, low enough that none costs more than a look at its characters. */
const answerBounds = { depth: 200, values: 1_000_000 };

const wordsOfBound = {
  depth: "an answer that is nested too deep",
  values: "an answer that holds too much",
} as const;

/** undefined for text that is not JSON, or costs more than an answer may; JSON itself has no undefined. */
function parseJson(text: string): unknown {
  if (brokenJsonBound(text, answerBounds)) return undefined;
  try {
    return /\d{16}/.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isWholeObject(text: string): boolean {
  const json = parseJson(text);
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

/** An id that is a number may have more digits than a number keeps: then it stays as it was written. */
function keepDigits(name: string, value: unknown, context?: { readonly source?: string }): unknown {
  const isCut = name.endsWith("Id") && typeof value === "number" && !Number.isSafeInteger(value);
  return isCut && context?.source !== undefined && /^\d+$/.test(context.source) ? context.source : value;
}

function wordsOf(json: unknown): string | undefined {
  if (typeof json !== "object" || json === null) return undefined;
  const error = "error" in json ? json.error : json;
  if (typeof error === "string") return error.trim() || undefined;
  if (typeof error !== "object" || error === null || !("message" in error)) return undefined;
  return typeof error.message === "string" ? error.message.trim() || undefined : undefined;
}

function looksLikeMarkup(text: string): boolean {
  return text.trimStart().startsWith("<");
}

function isFailureCode(code: string): code is FailureCode {
  return Object.hasOwn(ADVICE, code);
}

function codeOfStatus(status: number): FailureCode {
  switch (status) {
    case 400:
      return "bad_request";
    case 401:
      return "unauthorized";
    case 402:
      return "payment_required";
    case 403:
      return "forbidden";
    case 404:
      return "not_found";
    case 409:
      return "conflict";
    case 410:
      return "gone";
    case 429:
      return "rate_limit_exceeded";
    case 500:
      return "internal_server_error";
    default:
      return status >= 500 ? "server_error" : "client_error";
  }
}

/** An upload is normalised after it arrived, and what uses it meanwhile gets a 409 (reference, 4.1 and 5.10). */
function isStillPreparing(words: string): boolean {
  return (
    /\b(still|currently|not yet|being|until)\b.*\b(process|prepar|normali[sz]|transcod)/i.test(words) ||
    /\bnot (yet )?ready\b|media_(not_ready|processing)/i.test(words)
  );
}

function isMediaGone(status: number, code: string, message: string): boolean {
  if (code === "media_not_found") return true;
  if (status !== 400 && status !== 404 && status !== 410) return false;
  return (
    /\bmedia/i.test(message) &&
    /not (be )?found|no longer|expired|does not exist|doesn't exist|missing/i.test(message)
  );
}

/**
 * ISO time of `deferUntil`, else `Retry-After` as seconds or HTTP date; milliseconds since the epoch by this machine's
 * clock. The server's clock is known by its `Date` header, which tells seconds; where the two are about the same, its
 * times are taken as they are.
 */
function retryTime(
  deferUntil: string | undefined,
  headers: AnswerHeaders,
  nowMs: number,
): number | undefined {
  const serverNow = dateOf(headerOf(headers, "date"));
  const aheadMs = serverNow === undefined ? 0 : serverNow - nowMs;
  const here = (serverMs: number) => serverMs - (Math.abs(aheadMs) < SAME_CLOCK_MS ? 0 : aheadMs);
  // Date.parse reads almost anything as some date, so the forms are checked first.
  const deferred = deferUntil && /^\d{4}-\d\d-\d\dT/.test(deferUntil) ? Date.parse(deferUntil) : Number.NaN;
  if (Number.isFinite(deferred)) return here(deferred);
  const after = headerOf(headers, "retry-after")?.trim() ?? "";
  if (/^\d{1,9}$/.test(after)) return nowMs + Number(after) * 1000;
  const date = dateOf(after);
  return date === undefined ? undefined : here(date);
}

const SAME_CLOCK_MS = 2_000;

function dateOf(httpDate: string | undefined): number | undefined {
  const date = /^[A-Za-z]{3,9}, /.test(httpDate ?? "") ? Date.parse(httpDate ?? "") : Number.NaN;
  return Number.isFinite(date) ? date : undefined;
}
