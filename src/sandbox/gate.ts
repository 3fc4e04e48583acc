import { appendFileSync } from "node:fs";
import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { z } from "zod";
import type { Clock } from "../base/clock.ts";
import { generateFamilies, generateFamilyNames } from "../nodes/generate/families.ts";
import { platformNames } from "../nodes/publish/platforms/platforms.ts";
import type { Call } from "./api.ts";
import { ApiError, type ApiStatus } from "./apiError.ts";
import { type Fault, type FaultSubject, isJobFault, type RequestKind } from "./faults.ts";

type Handle = (
  request: Request,
  bindings: HttpBindings & { readonly call: Call },
) => Response | Promise<Response>;

/** Bodies of creates beyond this many bytes are refused; the API documents no limit. */
const mostBodyBytes = 1_000_000;
/** Longer bodies appear in the log cut off. */
const mostLoggedCharacters = 4000;

const creates: readonly (readonly [string, RequestKind])[] = [
  ["/media/upload", "upload"],
  ...generateFamilyNames.map((family) => [generateFamilies[family].path, family] as const),
  ["/video/edit", "editor"],
  ["/image/edit", "editor"],
  ["/audio/edit", "editor"],
  ...platformNames.map((platform) => [`/publish/${platform}`, "publish"] as const),
];

/** The members of any create's body that rules and log look at. */
const CreateBody = z.looseObject({
  model: z.string().optional().catch(undefined),
  operation: z.string().optional().catch(undefined),
  prompt: z.string().optional().catch(undefined),
  promptText: z.string().optional().catch(undefined),
  caption: z.string().optional().catch(undefined),
});

/**
 * What stands between the socket and the API: reads the body of a create, applies faults, writes the log, and sees
 * that an error of ours still answers in the API's shape.
 */
export function createGate(deps: {
  readonly handle: Handle;
  readonly chooseFault: (
    subject: FaultSubject,
  ) => { readonly name: string; readonly fault: Fault } | undefined;
  readonly clock: Clock;
  readonly identity: string;
  readonly logFile: string | undefined;
  readonly onBug: (error: unknown) => void;
}): (request: Request, bindings: HttpBindings) => Promise<Response> {
  const { clock } = deps;

  return async (request, bindings) => {
    const startedAt = clock.now();
    const { pathname } = new URL(request.url);
    const path = pathname.startsWith("/api/v1/") ? pathname.slice("/api/v1".length) : pathname;
    const kind = request.method === "POST" ? creates.find(([create]) => create === path)?.[1] : undefined;
    const key = /^Bearer (.{8,})$/.exec(request.headers.get("authorization") ?? "")?.[1];

    let body: unknown;
    let refusal: ApiError | undefined;
    if (request.method === "POST" && kind !== "upload") {
      try {
        body = await readJson(request);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        refusal = error;
      }
    }
    const known = CreateBody.safeParse(body).data;
    const model = path.startsWith("/publish/") ? path.split("/")[2] : (known?.operation ?? known?.model);
    const prompt = known?.prompt ?? known?.promptText ?? known?.caption;
    const chosen = deps.chooseFault({
      method: request.method,
      path,
      ...(kind === undefined ? {} : { kind }),
      ...(model === undefined ? {} : { model }),
      ...(prompt === undefined ? {} : { prompt }),
    });
    const fault = chosen?.fault;
    const call: Call = {
      body,
      jobFault: fault && isJobFault(fault) ? fault : undefined,
      mediaGone: fault?.type === "mediaGone",
    };

    const carryOut = async (): Promise<Response> => {
      if (refusal) return refusal.response();
      try {
        return await deps.handle(request, { ...bindings, call });
      } catch (error) {
        deps.onBug(error);
        return new ApiError(500, "The sandbox made a mistake; its own output has the details", {
          cause: error,
        }).response();
      }
    };
    const log = (status: number | "reset"): void => {
      if (deps.logFile === undefined) return;
      const line = {
        time: new Date(startedAt).toISOString(),
        method: request.method,
        path: pathname.replace(/^\/files\/[^/]+/, "/files/…"),
        status,
        ms: Math.round(clock.now() - startedAt),
        ...(key === undefined ? {} : { account: key.slice(-4) }),
        ...(body === undefined ? {} : { body: bounded(body) }),
        ...(call.jobId === undefined ? {} : { jobId: call.jobId }),
        ...(chosen === undefined ? {} : { fault: chosen.name }),
      };
      appendFileSync(deps.logFile, `${JSON.stringify(line)}\n`);
    };
    const reset = (): Response => {
      log("reset");
      bindings.incoming.socket.resetAndDestroy();
      return RESPONSE_ALREADY_SENT;
    };
    const answer = (response: Response): Response => {
      log(response.status);
      response.headers.set("x-catwalk-sandbox", deps.identity);
      return response;
    };
    const later = (ms: number): Promise<void> => new Promise((resolve) => void clock.setTimeout(resolve, ms));

    switch (fault?.type) {
      case "resetBefore":
        return reset();
      case "resetAfter":
        await carryOut();
        return reset();
      case "unauthorized":
        return answer(new ApiError(401, "Missing or invalid API key").response());
      case "status":
        return answer(statusFault(fault, clock.now()));
      case "html": {
        if (fault.booked) await carryOut();
        const page = `<!doctype html>\n<html><head><title>${fault.status}</title></head><body><h1>The server is away for a moment</h1></body></html>\n`;
        return answer(
          new Response(page, {
            status: fault.status,
            headers: { "content-type": "text/html; charset=utf-8" },
          }),
        );
      }
      case "malformedJson": {
        const response = await carryOut();
        const text = await response.text();
        return answer(
          new Response(`${text.slice(0, -1)},,`, {
            status: response.status,
            headers: { "content-type": "application/json" },
          }),
        );
      }
      case "noId": {
        const response = await carryOut();
        return answer(Response.json({ ok: response.ok }, { status: response.status }));
      }
      case "cutBody": {
        const response = await carryOut();
        const bytes = Buffer.from(await response.arrayBuffer());
        log(response.status);
        const { outgoing } = bindings;
        outgoing.writeHead(response.status, {
          "content-type": response.headers.get("content-type") ?? "application/json",
          "content-length": bytes.length,
        });
        outgoing.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => outgoing.destroy());
        return RESPONSE_ALREADY_SENT;
      }
      case "slow":
        if (fault.what === "response") await later(fault.ms);
        return answer(await carryOut());
      default:
        return answer(await carryOut());
    }
  };
}

async function readJson(request: Request): Promise<unknown> {
  if (Number(request.headers.get("content-length") ?? 0) > mostBodyBytes)
    throw new ApiError(400, "The body is too large");
  const text = await request.text();
  if (text.length > mostBodyBytes) throw new ApiError(400, "The body is too large");
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch (error) {
    throw new ApiError(400, "The body is not valid JSON", { cause: error });
  }
}

function bounded(body: unknown): unknown {
  const text = JSON.stringify(body);
  return text.length <= mostLoggedCharacters ? body : `${text.slice(0, mostLoggedCharacters)}…`;
}

const faultMessages: Readonly<Record<number, string>> = {
  402: "Insufficient credits for this request",
  403: "This account may not do that",
  409: "The media is still being processed",
  429: "Too many requests",
  500: "Something went wrong on our side",
};

function statusFault(fault: Extract<Fault, { type: "status" }>, now: number): Response {
  const { status, retryAfterSeconds, deferUntilSeconds } = fault;
  const deferred = deferUntilSeconds !== undefined;
  return new ApiError(status satisfies ApiStatus, fault.message ?? faultMessages[status] ?? "Refused", {
    code: fault.code ?? (status === 429 && deferred ? "throttled" : undefined),
    more: deferred ? { deferUntil: new Date(now + deferUntilSeconds * 1000).toISOString() } : {},
    headers: retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) },
  }).response();
}
