import { z } from "zod";
import { assertNever } from "../../base/assert-never.ts";
import { isJsonObject } from "../../base/json-object.ts";
import type { LedgerPlace, LedgerRow, Library } from "../../library/index.ts";
import { scheduleOf } from "../../nodes/publish/schedule.ts";
import type { LedgerPost, PostAccount, PostFilter, PostPage, PostStatus } from "../contract/posts.ts";
import { Refused } from "../ground/refused.ts";
import { findInSlices, isSearch } from "../ground/slices.ts";
import { isOpenRow } from "../runs/post-ledger.ts";
import { withoutKeys } from "../runs/run-report.ts";

/** The publish ledger as a person reads it. */
export type StudioPosts = {
  list(
    query: PostFilter & { readonly cursor?: string | undefined; readonly limit: number },
  ): Promise<PostPage>;
  all(filter: PostFilter): Promise<readonly LedgerPost[]>;
  accounts(): Promise<readonly PostAccount[]>;
  exportText(query: PostFilter & { readonly format: "csv" | "json" }): Promise<{
    readonly text: string;
    readonly fileName: string;
  }>;
};

/** Rows that are read and written out in one go: some milliseconds of work. */
const LOOKED_AT_ONCE = 1_000;

const cursorSchema = z.tuple([z.number(), z.string(), z.string(), z.number()]);

export function createStudioPosts(deps: {
  readonly library: Library;
  isSending(row: LedgerRow): Promise<boolean>;
}): StudioPosts {
  const { library, isSending } = deps;

  /** @param runs whether runs are kept, as far as that was looked up. */
  async function postOf(row: LedgerRow, runs: Map<string, boolean>): Promise<LedgerPost> {
    let hasRun = runs.get(row.runId);
    if (hasRun === undefined) {
      hasRun = (await library.runs.get(row.runId)) !== undefined;
      runs.set(row.runId, hasRun);
    }
    const { runId, stepId, attempt, graphId, graphName, nodeId, serverLabel, platform, accountId } = row;
    const { product, caption, mediaKind, mediaSha256, approvedBy, at } = row;
    const when = scheduledFor(row);
    return {
      ...{ runId, stepId, attempt, graphId, graphName, nodeId, serverLabel, platform, accountId },
      ...{ product, caption, mediaKind, approvedBy, at, hasRun },
      standing: await statusOf(row),
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

  async function statusOf(row: LedgerRow): Promise<PostStatus> {
    const { state, settled } = row;
    switch (state) {
      case "succeeded":
        return "posted";
      case "sent":
        return scheduledFor(row) === undefined ? "accepted" : "scheduled";
      case "refused":
      case "not-sent":
      case "failed":
        return "not-posted";
      case "intended":
      case "in-doubt":
      case "unknown":
        if (settled) return settled.as === "sent" ? "said-sent" : "said-not-sent";
        return (await isOpenRow(row, isSending)) ? "open" : "sending";
      default:
        return assertNever(state);
    }
  }

  function all(filter: PostFilter): Promise<readonly LedgerPost[]> {
    return inSlices(filter, Number.POSITIVE_INFINITY, postsOf);
  }

  async function postsOf(rows: readonly LedgerRow[]): Promise<readonly LedgerPost[]> {
    const runs = new Map<string, boolean>();
    const posts: LedgerPost[] = [];
    for (const row of rows) posts.push(await postOf(row, runs));
    return posts;
  }

  /** An index answers at once: by time, or by state and time. */
  function isIndexed({ search, platform, accountId }: PostFilter): boolean {
    return !isSearch(search) && platform === undefined && accountId === undefined;
  }

  function inSlices<Found>(
    { after, ...filter }: PostFilter & { readonly after?: LedgerPlace | undefined },
    limit: number,
    found: (rows: readonly LedgerRow[]) => Promise<readonly Found[]>,
  ): Promise<readonly Found[]> {
    return findInSlices({
      ...{ after, limit },
      boundary: (from) => library.ledger.boundary(LOOKED_AT_ONCE, from),
      find: async ({ limit: left, ...slice }) =>
        await found(
          await library.ledger.list({ ...filter, ...slice, limit: Math.min(left, LOOKED_AT_ONCE) }),
        ),
    });
  }

  async function count(filter: PostFilter): Promise<number> {
    // An index answers without a search.
    if (!isSearch(filter.search)) return await library.ledger.count(filter);
    const counts = await findInSlices({
      limit: Number.POSITIVE_INFINITY,
      boundary: (from: LedgerPlace | undefined) => library.ledger.boundary(LOOKED_AT_ONCE, from),
      find: async ({ after, until }) => [await library.ledger.count({ ...filter, after, until })],
    });
    return counts.reduce((sum, each) => sum + each, 0);
  }

  return {
    async list({ cursor, limit, ...filter }) {
      const after = cursor === undefined ? undefined : parseCursor(cursor);
      const query = { ...filter, after };
      const rows = isIndexed(filter)
        ? await library.ledger.list({ ...query, limit: limit + 1 })
        : await inSlices(query, limit + 1, async (found) => found);
      const page = rows.slice(0, limit);
      const last = rows.length > limit ? page.at(-1) : undefined;
      return {
        posts: await postsOf(page),
        total: await count(filter),
        ...(last ? { cursor: writeCursor(last) } : {}),
      };
    },
    all,
    accounts: async () =>
      (await library.ledger.accounts()).map(({ accountName, ...account }) => ({
        ...account,
        ...(accountName === undefined ? {} : { accountName }),
      })),
    async exportText({ format, ...filter }) {
      const { head, line, between, end } = formats[format];
      const lines = await inSlices(filter, Number.POSITIVE_INFINITY, async (rows) =>
        (await postsOf(rows)).map((post) => withoutKeys(line(post))),
      );
      return { text: `${head}${lines.join(between)}${end}`, fileName: `posts.${format}` };
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

const columns = Object.keys(
  exported({
    ...{ runId: "", stepId: "", attempt: 1, graphId: "", graphName: "", nodeId: "", serverLabel: "" },
    ...{ platform: "", accountId: "", product: "", caption: "", at: 0, hasRun: false },
    ...{ mediaKind: "image", standing: "posted", approvedBy: "person" },
  }),
);

/** A file of posts: what stands before, between and after them. */
const formats: {
  readonly [format in "csv" | "json"]: {
    readonly head: string;
    readonly between: string;
    readonly end: string;
    line(post: LedgerPost): string;
  };
} = {
  csv: {
    head: `${columns.join(",")}\r\n`,
    line: (post) => `${Object.values(exported(post)).map(csvCell).join(",")}\r\n`,
    between: "",
    end: "",
  },
  json: {
    head: '{\n  "format": "catwalk.posts",\n  "version": 1,\n  "posts": [',
    line: (post) => `\n${JSON.stringify(exported(post), undefined, 2).replaceAll(/^/gm, "    ")}`,
    between: ",",
    end: "\n  ]\n}\n",
  },
};

/** As RFC 4180 has it. A caption that begins like a formula would be run by a spreadsheet, so it gets a quote before it. */
function csvCell(value: string | number): string {
  const text = String(value);
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
