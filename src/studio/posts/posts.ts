import { z } from "zod";
import { isJsonObject } from "../../base/json-object.ts";
import type { LedgerRow } from "../../library/ledger.ts";
import type { Library } from "../../library/library.ts";
import { scheduleOf } from "../../nodes/publish/schedule.ts";
import type { LedgerPost, PostAccount, PostFilter, PostPage, PostStanding } from "../contract/posts.ts";
import { Refused } from "../ground/refused.ts";
import { withoutKeys } from "../runs/run-report.ts";

/** The publish ledger as a person reads it. */
export type StudioPosts = {
  list(query: PostFilter & { readonly cursor?: string | undefined; readonly limit: number }): PostPage;
  all(filter: PostFilter): readonly LedgerPost[];
  accounts(): readonly PostAccount[];
  exportText(query: PostFilter & { readonly format: "csv" | "json" }): {
    readonly text: string;
    readonly fileName: string;
  };
};

const cursorSchema = z.tuple([z.number(), z.string(), z.string(), z.number()]);

export function createStudioPosts(deps: {
  readonly library: Library;
  isSending(row: LedgerRow): boolean;
}): StudioPosts {
  const { library, isSending } = deps;

  /** @param runs whether runs are kept, as far as that was looked up. */
  function postOf(row: LedgerRow, runs: Map<string, boolean>): LedgerPost {
    let hasRun = runs.get(row.runId);
    if (hasRun === undefined) {
      hasRun = library.runs.get(row.runId) !== undefined;
      runs.set(row.runId, hasRun);
    }
    const { runId, stepId, attempt, graphId, graphName, nodeId, serverLabel, platform, accountId } = row;
    const { product, caption, mediaKind, mediaSha256, approvedBy, at } = row;
    const when = scheduledFor(row);
    return {
      ...{ runId, stepId, attempt, graphId, graphName, nodeId, serverLabel, platform, accountId },
      ...{ product, caption, mediaKind, approvedBy, at, hasRun },
      standing: standingOf(row),
      ...(when === undefined ? {} : { scheduledFor: when }),
      ...(row.accountName === undefined ? {} : { accountName: row.accountName }),
      ...(mediaSha256.startsWith("id:") ? {} : { mediaSha256 }),
      ...(row.settled ? { settledAt: row.settled.at } : {}),
      ...(row.jobId === undefined ? {} : { jobId: row.jobId }),
      ...(row.permalink?.startsWith("https://") ? { permalink: row.permalink } : {}),
    };
  }

  function scheduledFor({ paramsJson }: LedgerRow): number | undefined {
    const params: unknown = JSON.parse(paramsJson);
    const schedule = isJsonObject(params) ? scheduleOf(params) : undefined;
    return schedule?.kind === "at" ? schedule.at : undefined;
  }

  function standingOf(row: LedgerRow): PostStanding {
    const { state, settled } = row;
    if (state === "succeeded") return "posted";
    if (state === "sent") return scheduledFor(row) === undefined ? "accepted" : "scheduled";
    if (state === "refused" || state === "not-sent" || state === "failed") return "not-posted";
    if (settled) return settled.as === "sent" ? "said-sent" : "said-not-sent";
    return state === "intended" && isSending(row) ? "sending" : "open";
  }

  function all(filter: PostFilter): readonly LedgerPost[] {
    const runs = new Map<string, boolean>();
    return library.ledger.list({ ...filter, limit: -1 }).map((row) => postOf(row, runs));
  }

  return {
    list({ cursor, limit, ...filter }) {
      const after = cursor === undefined ? undefined : parseCursor(cursor);
      const rows = library.ledger.list({ ...filter, ...(after ? { after } : {}), limit: limit + 1 });
      const page = rows.slice(0, limit);
      const last = rows.length > limit ? page.at(-1) : undefined;
      const runs = new Map<string, boolean>();
      return {
        posts: page.map((row) => postOf(row, runs)),
        total: library.ledger.count(filter),
        ...(last ? { cursor: writeCursor(last) } : {}),
      };
    },
    all,
    accounts: () =>
      library.ledger.accounts().map(({ accountName, ...account }) => ({
        ...account,
        ...(accountName === undefined ? {} : { accountName }),
      })),
    exportText({ format, ...filter }) {
      const posts = all(filter);
      const text = format === "csv" ? csvOf(posts) : jsonOf(posts);
      return { text: withoutKeys(text), fileName: `posts.${format}` };
    },
  };
}

function writeCursor({ at, runId, stepId, attempt }: LedgerRow): string {
  return Buffer.from(JSON.stringify([at, runId, stepId, attempt])).toString("base64url");
}

function parseCursor(cursor: string) {
  try {
    const [at, runId, stepId, attempt] = cursorSchema.parse(
      JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")),
    );
    return { at, runId, stepId, attempt };
  } catch (error) {
    throw new Refused("cursor-invalid", "This page of posts is not known.", "Begin with the first.", error);
  }
}

/** Names of columns and keys, in their order. Times as the world writes them. */
function exported(post: LedgerPost) {
  return {
    sentAt: new Date(post.at).toISOString(),
    standing: post.standing,
    platform: post.platform,
    account: post.accountName ?? "",
    accountId: post.accountId,
    product: post.product,
    caption: post.caption,
    permalink: post.permalink ?? "",
    approvedBy: post.approvedBy,
    settledAt: post.settledAt === undefined ? "" : new Date(post.settledAt).toISOString(),
    graph: post.graphName,
    graphId: post.graphId,
    runId: post.runId,
    stepId: post.stepId,
    attempt: post.attempt,
    jobId: post.jobId ?? "",
    server: post.serverLabel,
    mediaKind: post.mediaKind,
    mediaSha256: post.mediaSha256 ?? "",
  };
}

function jsonOf(posts: readonly LedgerPost[]): string {
  return `${JSON.stringify({ format: "catwalk.posts", version: 1, posts: posts.map(exported) }, undefined, 2)}\n`;
}

const columns = Object.keys(
  exported({
    ...{ runId: "", stepId: "", attempt: 1, graphId: "", graphName: "", nodeId: "", serverLabel: "" },
    ...{ platform: "", accountId: "", product: "", caption: "", at: 0, hasRun: false },
    ...{ mediaKind: "image", standing: "posted", approvedBy: "person" },
  }),
);

function csvOf(posts: readonly LedgerPost[]): string {
  const lines = posts.map((post) => Object.values(exported(post)).map(csvCell).join(","));
  return [columns.join(","), ...lines, ""].join("\r\n");
}

/** As RFC 4180 has it. A caption that begins like a formula would be run by a spreadsheet, so it gets a quote before it. */
function csvCell(value: string | number): string {
  const text = String(value);
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
