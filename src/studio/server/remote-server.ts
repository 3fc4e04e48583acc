import { open } from "node:fs/promises";
import type { Clock } from "../../base/clock.ts";
import type { CarriesFailure, RemoteServer } from "../../engine/index.ts";
import { uploadTypeOfMime } from "../../graph/document/files.ts";
import type { Library } from "../../library/index.ts";
import { isSandboxMade } from "../../sandbox/mark.ts";
import type { CreateRequest, JobOutput, RemoteFailure } from "../../wondercat/types.ts";
import { Told } from "../../words/told.ts";
import type { Server } from "./connection.ts";

/** Media that must not, or cannot, go to the server. Nothing was sent. */
class UploadRefused extends Told implements CarriesFailure {
  override readonly name = "UploadRefused";
  readonly failure: RemoteFailure;

  constructor(failure: Omit<RemoteFailure, "cost" | "retryable"> & { readonly retryable?: boolean }) {
    super(failure.message);
    this.failure = { retryable: false, ...failure, cost: "none" };
  }
}

const ESTIMATE_TIMEOUT_MS = 15_000;
/** Prices that are remembered. Ten thousand prompts of a batch are asked about once each, and never again. */
const MOST_ESTIMATES = 500;

/** Speaks for one server in one scope, with the library's memory of what that scope already has. */
export function createRemoteServer(server: Server, library: Library, clock: Clock): RemoteServer {
  const { client, scope } = server;
  const estimates = new Map<string, Promise<number | undefined>>();

  /** What a job lists without a link may have one by its own page. */
  async function withLink(output: JobOutput, signal: AbortSignal): Promise<JobOutput> {
    if (output.type !== "unusable" || output.mediaId === undefined) return output;
    const media = await client.media(output.mediaId, { signal }).catch(() => undefined);
    const { key } = output;
    return media ? { type: "media", media, ...(key === undefined ? {} : { key }) } : output;
  }

  return {
    scope,
    label: server.label,
    isSandbox: server.isSandbox,
    create: (request, options) => client.create(request, options),
    async look(job, options) {
      const view = await client.job(job, options);
      if (view.ended !== "succeeded") return view;
      return {
        ...view,
        outputs: await Promise.all(view.outputs.map((output) => withLink(output, options.signal))),
      };
    },

    async upload({ sha256, mimeType }, { signal, again, onProgress }) {
      const path = await library.files.pathOf(sha256);
      if (path === undefined)
        throw new UploadRefused({
          code: "media_not_in_library",
          message: "The bytes of this media are no longer in the library.",
          remedy: "Choose the file again, or run the step that made it again.",
        });
      if (!(await mayGoTo(server, library, sha256, path)))
        throw new UploadRefused({
          code: "sandbox_media_refused",
          message: "This media was made by the sandbox, and goes to no other server.",
          remedy: "Make it again on this server, or upload media of your own.",
        });
      const remembered = again ? undefined : await library.media.remoteIdOf(scope, sha256);
      if (remembered !== undefined) return { mediaId: remembered, remembered: true };

      const facts = await library.media.get(sha256);
      const type = mimeType ?? facts?.mimeType ?? "application/octet-stream";
      const sizeBytes = facts?.sizeBytes ?? (await sizeOf(path));
      const extension = uploadTypeOfMime(type)?.extensions[0];
      const outcome = await client.upload(
        {
          path,
          // What the person called it is theirs; the server needs a name with the right end.
          name: `${sha256.slice(0, 16)}${extension ? `.${extension}` : ""}`,
          mimeType: type,
          sizeBytes,
        },
        { signal, onProgress: (sentBytes) => onProgress(sentBytes, sizeBytes) },
      );
      if (!outcome.ok) throw new UploadRefused(outcome.failure);
      const { mediaId } = outcome.media;
      await library.media.addRemote({ scope, mediaId, sha256, at: clock.now() });
      return { mediaId, remembered: false };
    },

    estimate(request) {
      const question = pricedRequest(request);
      if (!question) return Promise.resolve(undefined);
      const name = JSON.stringify(question);
      let answer = estimates.get(name);
      if (!answer) {
        // A price nobody can tell is an unknown price; the next one who asks may have more luck.
        const tooLong = new AbortController();
        // Cleared at once: time-outs that outlive their answer add up in a batch.
        const timer = clock.setTimeout(() => tooLong.abort(), ESTIMATE_TIMEOUT_MS);
        answer = client
          .estimate(question, { signal: tooLong.signal })
          .catch(() => {
            estimates.delete(name);
            return undefined;
          })
          .finally(() => clock.clearTimeout(timer));
        estimates.set(name, answer);
        const [oldest] = estimates.keys();
        if (estimates.size > MOST_ESTIMATES && oldest !== undefined) estimates.delete(oldest);
      }
      return answer;
    },

    accountName(platform, accountId) {
      const account = server.accounts.find((one) => one.platform === platform && one.accountId === accountId);
      return account?.username || undefined;
    },
  };
}

function pricedRequest(request: CreateRequest) {
  if (request.kind !== "inference") return undefined;
  const { model, prompt, params } = request.body;
  return { model, ...(prompt === undefined ? {} : { prompt }), ...(params === undefined ? {} : { params }) };
}

/** Scope of sandbox media whose sandbox nobody knows: it came in as a file that carries the mark. */
export const unknownSandbox = "sandbox:unknown";

/**
 * What a sandbox made stays in the scope it was made in. Known by what the library remembers, through everything the
 * media was made from, and by the mark in the bytes themselves.
 */
async function mayGoTo(server: Server, library: Library, sha256: string, path: string): Promise<boolean> {
  const makers = await library.media.sandboxMakers(sha256);
  // Equal bytes may have been made in several scopes, each of which may have them back.
  const isAtHome = (scopes: readonly string[]) =>
    scopes.includes(server.scope) ||
    // A file of some sandbox that a person brought in: harmless on a sandbox, and only there.
    (server.isSandbox && scopes.every((scope) => scope === unknownSandbox));
  if (!makers.every(isAtHome)) return false;
  // A sandbox that somebody runs by hand gets back what it made.
  return server.isSandbox || makers.length > 0 || !(await fileCarriesMark(path));
}

const EDGE_BYTES = 64 * 1024;

/** The mark lies in the first or the last 64 KiB. */
export async function fileCarriesMark(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const edge = async (position: number) => {
      const buffer = Buffer.alloc(Math.min(EDGE_BYTES, size));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
      return isSandboxMade(buffer.subarray(0, bytesRead));
    };
    return (await edge(0)) || (await edge(Math.max(0, size - EDGE_BYTES)));
  } finally {
    await file.close();
  }
}

async function sizeOf(path: string): Promise<number> {
  const file = await open(path);
  try {
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}
