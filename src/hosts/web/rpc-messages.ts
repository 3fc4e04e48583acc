import { z } from "zod";
import { brokenJsonBound } from "../../base/json-bounds.ts";
import { graphLimits } from "../../graph/document/parse.ts";
import type { Refusal } from "../../studio/contract.ts";

/** What becomes of a message that a window sent over its socket. */
export type MessageVerdict =
  | { readonly kind: "pass" }
  /** The call it belongs to is refused with this text; the socket stays. */
  | { readonly kind: "answer"; readonly text: string }
  /** @see https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1 */
  | { readonly kind: "close"; readonly code: 1003 | 1007; readonly reason: string };

/** A message wraps its graph in a few levels and words of its own. */
const bounds = { depth: graphLimits.depth + 20, values: graphLimits.values + 10_000 };

/** How the RPC library writes a message: call id, type (1 request, 3 and 4 of streams), payload. */
const envelope = z.object({
  i: z.string().min(1).max(64),
  t: z.union([z.literal(1), z.literal(3), z.literal(4)]).optional(),
  p: z
    .looseObject({
      u: z.string().max(2_000).optional(),
      h: z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional(),
      m: z.string().max(10).optional(),
    })
    .optional(),
});
const callId = /^\s*\{\s*"i"\s*:\s*"([\w-]{1,64})"/;

/**
 * Looks at a message before the contract does: what nests too deep, holds too much or is no message of ours costs no
 * more than a look at its characters.
 *
 * @param data as the socket gave it; text, for the contract holds no bytes.
 */
export function judgeMessage(data: unknown): MessageVerdict {
  if (typeof data !== "string") return { kind: "close", code: 1003, reason: "Messages are text." };
  const refusal = refusedCall(data);
  if (refusal) return refuse(data, refusal);
  let message: unknown;
  try {
    message = JSON.parse(data);
  } catch {
    return { kind: "close", code: 1007, reason: "The message is not JSON." };
  }
  const parsed = envelope.safeParse(message);
  const isCall = parsed.success && (parsed.data.t ?? 1) === 1;
  if (!parsed.success || (isCall && !isAddress(parsed.data.p?.u)))
    return { kind: "close", code: 1007, reason: "The message is no call of the contract." };
  return { kind: "pass" };
}

/** Windows name a procedure by its path. A whole address or a header of a form would be read as something else. */
function isAddress(path: string | undefined): boolean {
  return path?.startsWith("/") === true && URL.canParse(`http://host${path}`);
}

function refuse(text: string, json: object): MessageVerdict {
  const id = callId.exec(text)?.[1];
  if (id === undefined)
    return { kind: "close", code: 1007, reason: "The message is no call of the contract." };
  return { kind: "answer", text: JSON.stringify({ i: id, p: { s: 409, b: { json, meta: [] } } }) };
}

/** The answer to a call whose text nests too deep or holds too much, as the contract declares it. */
export function refusedCall(text: string): object | undefined {
  const broken = brokenJsonBound(text, bounds);
  if (!broken) return undefined;
  const refusal: Refusal = {
    code: broken === "depth" ? "too-deep" : "too-large",
    message:
      broken === "depth"
        ? `What was sent is nested more than ${bounds.depth} levels deep.`
        : `What was sent holds more than ${bounds.values.toLocaleString("en")} values.`,
    remedy: "Nothing was changed. Open a file that Catwalk saved or exported.",
  };
  const { message } = refusal;
  return { defined: true, code: "REFUSED", status: 409, message, data: refusal };
}
