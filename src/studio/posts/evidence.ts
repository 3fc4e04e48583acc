import type { Clock } from "../../base/clock.ts";
import type { RunEvent } from "../../engine/record.ts";
import type { LedgerRow, LedgerRowId, Library } from "../../library/index.ts";
import { isPlatform, platforms, unknownPlatform } from "../../nodes/publish/platforms/platforms.ts";
import type { WondercatClient } from "../../wondercat/client.ts";
import type { PublishApi, PublishPage, PublishRecord } from "../../wondercat/types.ts";
import type { Evidence, EvidenceItem, StepEvidence } from "../contract/runs.ts";
import { Refused } from "../ground/refused.ts";
import { parseEvent } from "../runs/run-journal.ts";
import { runMissing } from "../runs/run-refusals.ts";
import type { Server } from "../server/connection.ts";

/**
 * Looks on the server for what a create in doubt may have made. What is found is shown to a person and settles nothing
 * by itself; what is not found proves nothing.
 */
export type EvidenceRoom = {
  /** @throws Refused when the step is not this server's, WondercatError when the server cannot be asked. */
  of(step: { readonly runId: string; readonly stepId: string }, signal?: AbortSignal): Promise<Evidence>;
  /**
   * Of several creates in doubt of one run, with one request for each kind of job. What belongs to which of them is not
   * known, so one thing on the server may stand under several. Steps that sent nothing, and posts, are left out.
   *
   * @throws as `of`
   */
  ofMany(
    steps: { readonly runId: string; readonly stepIds: readonly string[] },
    signal?: AbortSignal,
  ): Promise<readonly StepEvidence[]>;
  /** Of the match that was last found for this post, so that a person's "it went out" keeps where it is. */
  permalinkOf(post: LedgerRowId): string | undefined;
};

const LOOK_TIMEOUT_MS = 30_000;
const PAGE = 50;
/** Pages of the publish history that are looked through. */
const MOST_PAGES = 5;
/** The API's largest page of media. */
const MEDIA_PAGE = 100;
/** Clocks that differ by less count as one: the server tells its time to the second. */
const SAME_CLOCK_MS = 2_000;

type CreateIntent = Extract<RunEvent, { type: "create-intended" }>;
type MediaSource = "editor_output" | "model_generated";
type MediaLook = {
  readonly records: readonly { readonly at: number; readonly item: EvidenceItem }[];
  /** There may be more on the server. */
  readonly isFull: boolean;
};

export function createEvidenceRoom(deps: {
  readonly library: Library;
  readonly clock: Clock;
  server(): Promise<Server>;
}): EvidenceRoom {
  const { library, clock } = deps;
  const permalinks = new Map<string, string>();

  async function of(
    { runId, stepId }: { readonly runId: string; readonly stepId: string },
    signal?: AbortSignal,
  ): Promise<Evidence> {
    const until = within(signal);
    const post = (await library.ledger.ofRun(runId)).filter((row) => row.stepId === stepId).at(-1);
    const run = await library.runs.get(runId);
    const scope = post?.scope ?? run?.scope;
    if (scope === undefined) throw runMissing();
    const server = await serverOf(scope, post?.serverLabel ?? run?.serverLabel);
    if (post) return await ofPost(post, server, until);
    const [found] = await ofMedia(runId, [stepId], server, until);
    if (!found)
      throw new Refused("nothing-sent", "This step has sent nothing.", "There is nothing to look for.");
    const { stepId: _asked, ...evidence } = found;
    return evidence;
  }

  async function serverOf(scope: string, label: string | undefined): Promise<Server> {
    const server = await deps.server();
    if (server.scope === scope) return server;
    throw new Refused(
      "run-other-server",
      `This belongs to ${label ?? "another server"} or to another account there.`,
      "Choose that server, with the key it was sent with, to look for it.",
    );
  }

  // ── Posts ──────────────────────────────────────────────────────────────────────────────────────────────────

  async function ofPost(row: LedgerRow, server: Server, signal: AbortSignal): Promise<Evidence> {
    const { platform } = row;
    if (!isPlatform(platform)) {
      const { message, remedy } = unknownPlatform(platform);
      throw new Refused("platform-unknown", message, `${remedy} Or look at the account itself.`);
    }
    const { records, cutOff } = await postsSince(server.client, platforms[platform].api, row, signal);
    const ids = await mediaIdsOf(row);
    const ours = await Promise.all(records.map(({ record }) => isOurs(row, record)));
    const candidates = records.filter((_, at) => !ours[at]);
    const found = candidates.map(({ record, at }): EvidenceItem => itemOf(record, at, ids));
    const same = candidates.filter(
      ({ record }) =>
        record.accountId === row.accountId &&
        record.mediaId !== undefined &&
        ids.has(record.mediaId) &&
        (record.product ?? row.product) === row.product,
    );
    const [only] = same;
    const isUnique =
      only !== undefined && same.length === 1 && !cutOff && !(await mayBeAnothers(row, only.at));
    // What failed there did not go out, and what is under way may yet fail: those are a person's to judge.
    const match =
      isUnique && only.record.status === "succeeded" ? itemOf(only.record, only.at, ids) : undefined;
    if (match?.permalink !== undefined) permalinks.set(nameOf(row), match.permalink);
    return {
      since: row.at,
      lookedAt: clock.now(),
      found,
      ...(match ? { match } : {}),
      ...(cutOff ? { cutOff } : {}),
    };
  }

  async function postsSince(
    client: WondercatClient,
    api: PublishApi,
    { accountId, at }: LedgerRow,
    signal: AbortSignal,
  ) {
    const records: { readonly record: PublishRecord; readonly at: number }[] = [];
    let cursor: PublishPage["cursor"];
    for (let page = 0; page < MOST_PAGES; page++) {
      const query = { accountId, limit: PAGE, ...(cursor ? { cursor } : {}) };
      const answer = await client.publishes(api, query, { signal });
      const offset = offsetOf(answer.serverTimeMs);
      let sawOlder = false;
      for (const record of answer.records) {
        const madeAt = Date.parse(record.createdAt ?? "") - offset;
        // Without a time nobody can say that it was made after the intent.
        if (madeAt >= at) records.push({ record, at: madeAt });
        else if (madeAt < at) sawOlder = true;
      }
      cursor = answer.cursor;
      if (sawOlder || !cursor) return { records, cutOff: undefined };
    }
    return { records, cutOff: true as const };
  }

  async function mediaIdsOf({ scope, mediaSha256 }: LedgerRow): Promise<ReadonlySet<string>> {
    const names = await library.ledger.namesOf(scope, mediaSha256);
    return new Set(names.flatMap((name) => (name.startsWith("id:") ? [name.slice("id:".length)] : [])));
  }

  /** Whether another post of ours is known to have made it. */
  async function isOurs({ scope }: LedgerRow, { outputJobId, publishId }: PublishRecord): Promise<boolean> {
    for (const id of [outputJobId, publishId])
      if (id !== undefined && (await library.ledger.hasJob(scope, id))) return true;
    return false;
  }

  /** Whether an equal post of ours without an answer, sent before that time as well, may have made it. */
  async function mayBeAnothers(row: LedgerRow, at: number): Promise<boolean> {
    return (await library.ledger.ofPost(row)).some(
      (other) =>
        nameOf(other) !== nameOf(row) &&
        other.jobId === undefined &&
        other.state !== "refused" &&
        other.state !== "not-sent" &&
        other.at <= at,
    );
  }

  // ── Media ──────────────────────────────────────────────────────────────────────────────────────────────────

  async function ofMedia(
    runId: string,
    stepIds: readonly string[],
    server: Server,
    signal: AbortSignal,
  ): Promise<readonly StepEvidence[]> {
    const wanted = new Set(stepIds);
    /** By step: its latest. */
    const intents = new Map<string, CreateIntent>();
    for (const event of (await library.journal.read(runId)).map(parseEvent))
      if (event.type === "create-intended" && event.jobKind !== "publish" && wanted.has(event.stepId))
        intents.set(event.stepId, event);
    const looks = new Map<MediaSource, Promise<MediaLook>>();
    return await Promise.all(
      [...intents].map(async ([stepId, { at: since, jobKind }]) => {
        const source = jobKind === "editor" ? "editor_output" : "model_generated";
        const look = looks.get(source) ?? lookAt(source, server, signal);
        looks.set(source, look);
        const { records, isFull } = await look;
        const found = records.filter(({ at }) => at >= since);
        return {
          ...{ stepId, since, lookedAt: clock.now(), found: found.map(({ item }) => item) },
          ...(isFull && found.length === records.length ? { cutOff: true as const } : {}),
        };
      }),
    );
  }

  /** What the library does not have as the result of another step, newest first. */
  async function lookAt(source: MediaSource, server: Server, signal: AbortSignal): Promise<MediaLook> {
    const answer = await server.client.mediaList({ source, limit: MEDIA_PAGE }, { signal });
    const offset = offsetOf(answer.serverTimeMs);
    const known = await Promise.all(
      answer.records.map(({ mediaId }) => library.media.sha256Of(server.scope, mediaId)),
    );
    const records = answer.records.flatMap(({ kind, createdAt }, index) => {
      const at = Date.parse(createdAt ?? "") - offset;
      if (Number.isNaN(at) || known[index] !== undefined) return [];
      const what = kind === "image" || kind === "video" || kind === "audio" ? kind : "media";
      return [{ at, item: { what, at } as const }];
    });
    return {
      records: records.sort((a, b) => b.at - a.at),
      isFull: answer.records.length >= MEDIA_PAGE,
    };
  }

  /** How far the server's clock is ahead of this machine's, in milliseconds. */
  function offsetOf(serverTimeMs: number | undefined): number {
    const offset = serverTimeMs === undefined ? 0 : serverTimeMs - clock.now();
    return Math.abs(offset) < SAME_CLOCK_MS ? 0 : offset;
  }

  return {
    of,
    async ofMany({ runId, stepIds }, signal) {
      const run = await library.runs.get(runId);
      if (!run) throw runMissing();
      const server = await serverOf(run.scope, run.serverLabel);
      return await ofMedia(runId, stepIds, server, within(signal));
    },
    permalinkOf: (post) => permalinks.get(nameOf(post)),
  };
}

function within(signal: AbortSignal | undefined): AbortSignal {
  return AbortSignal.any([AbortSignal.timeout(LOOK_TIMEOUT_MS), ...(signal ? [signal] : [])]);
}

function itemOf(record: PublishRecord, at: number, ids: ReadonlySet<string>): EvidenceItem {
  const { mediaId, status, caption, permalink } = record;
  return {
    what: "post",
    at,
    sameMedia: mediaId !== undefined && ids.has(mediaId),
    ...(status === undefined ? {} : { status }),
    ...(caption === undefined ? {} : { caption }),
    ...(permalink?.startsWith("https://") ? { permalink } : {}),
  };
}

function nameOf({ runId, stepId, attempt }: LedgerRowId): string {
  return JSON.stringify([runId, stepId, attempt]);
}
