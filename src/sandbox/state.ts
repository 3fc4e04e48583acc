import { createHash, randomBytes, randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from "node:sqlite";
import { z } from "zod";
import { isMissing } from "../base/errors.ts";
import { mediaKinds } from "../base/media-kind.ts";
import { Timeline } from "./timeline.ts";

const Media = z.object({
  mediaId: z.string(),
  accountId: z.string(),
  token: z.string(),
  /** Name of the bytes in the media folder, and of the download. */
  file: z.string(),
  kind: z.enum(mediaKinds),
  mimeType: z.string(),
  sizeBytes: z.number(),
  width: z.number().nullable(),
  height: z.number().nullable(),
  durationMs: z.number().nullable(),
  fps: z.number().nullable(),
  source: z.enum(["user_upload", "model_generated", "editor_output"]),
  createdAt: z.number(),
});
export type Media = z.infer<typeof Media>;

const json = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(schema);

/** What a job made: media by id, or values. For publish jobs the platform's result fields. */
const JobResult = z.object({
  outputs: z.array(
    z.object({ id: z.string(), key: z.string(), mediaId: z.string().nullable(), value: z.unknown() }),
  ),
  post: z.record(z.string(), z.string()).optional(),
});
export type JobResult = z.infer<typeof JobResult>;

const Job = z.object({
  jobId: z.string(),
  accountId: z.string(),
  kind: z.enum(["inference", "editor", "publish"]),
  /** The family of an inference job, the endpoint of an edit, the platform of a post. */
  type: z.string(),
  /** Counts the account's jobs from 1; makes equal requests give different results. */
  ordinal: z.number(),
  request: json(z.record(z.string(), z.unknown())),
  costMicrodollars: z.number(),
  timeline: json(Timeline),
  /** When its bytes were there, or its failure was certain. */
  madeAt: z.number().nullable(),
  result: json(JobResult).nullable(),
  errorCode: z.string().nullable(),
  errorMessage: z.string().nullable(),
});
export type Job = z.infer<typeof Job>;

const schema = `
CREATE TABLE IF NOT EXISTS accounts (accountId TEXT PRIMARY KEY, keyHash TEXT UNIQUE NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS media (
  mediaId TEXT PRIMARY KEY, accountId TEXT NOT NULL, token TEXT UNIQUE NOT NULL, file TEXT NOT NULL, kind TEXT NOT NULL,
  mimeType TEXT NOT NULL, sizeBytes INTEGER NOT NULL, width INTEGER, height INTEGER, durationMs INTEGER, fps REAL,
  source TEXT NOT NULL, createdAt INTEGER NOT NULL, gone INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX IF NOT EXISTS mediaByAccount ON media (accountId, createdAt DESC);
CREATE TABLE IF NOT EXISTS jobs (
  jobId TEXT PRIMARY KEY, accountId TEXT NOT NULL, kind TEXT NOT NULL, type TEXT NOT NULL, ordinal INTEGER NOT NULL,
  request TEXT NOT NULL, costMicrodollars INTEGER NOT NULL, timeline TEXT NOT NULL, madeAt INTEGER, result TEXT,
  errorCode TEXT, errorMessage TEXT) STRICT;
CREATE INDEX IF NOT EXISTS jobsByAccount ON jobs (accountId, ordinal);
CREATE INDEX IF NOT EXISTS jobsToMake ON jobs (madeAt) WHERE madeAt IS NULL;
`;

/** The same text always gives the same UUID (version 8). */
export function uuidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function readIdentity(folder: string): string {
  const path = join(folder, "identity.json");
  try {
    return z.object({ identity: z.uuid() }).parse(JSON.parse(readFileSync(path, "utf8"))).identity;
  } catch (error) {
    if (!isMissing(error)) {
      throw new Error(`${path} is damaged. Restore it, or start with a new state folder.`, { cause: error });
    }
  }
  const identity = randomUUID();
  writeFileSync(`${path}.part`, `${JSON.stringify({ identity }, null, 2)}\n`);
  renameSync(`${path}.part`, path);
  return identity;
}

/**
 * Everything the sandbox remembers: a database, a folder of media bytes and a folder of posts. One process at a time.
 *
 * @throws Error when the folder is in use by another sandbox or cannot be written.
 */
export function openState(folder: string) {
  const mediaFolder = join(folder, "media");
  const postsFolder = join(folder, "posts");
  const workFolder = join(folder, "work");
  mkdirSync(mediaFolder, { recursive: true });
  mkdirSync(postsFolder, { recursive: true });
  const database = new DatabaseSync(join(folder, "sandbox.db"), { timeout: 250 });
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
    database.exec(schema);
    // A write takes the lock and holds it until the process ends.
    database.exec("BEGIN IMMEDIATE; COMMIT;");
  } catch (error) {
    database.close();
    const locked = error instanceof Error && error.message.includes("locked");
    throw new Error(
      locked
        ? `Another sandbox is using the state folder ${folder}.`
        : `The state folder ${folder} cannot be opened.`,
      { cause: error },
    );
  }
  // Only now is it certain that nobody else is working in there.
  rmSync(workFolder, { recursive: true, force: true });
  mkdirSync(workFolder);
  const identity = readIdentity(folder);

  type Values = Record<string, SQLInputValue>;
  const get = (sql: string, values: Values): Record<string, SQLOutputValue> | undefined =>
    database.prepare(sql).get(values);
  const insert = (table: string, row: Values): void => {
    const names = Object.keys(row);
    database
      .prepare(`INSERT INTO ${table} (${names.join(", ")}) VALUES (${names.map((n) => `:${n}`).join(", ")})`)
      .run(row);
  };
  const number = (row: Record<string, SQLOutputValue> | undefined): number => Number(row?.["value"] ?? 0);

  return {
    identity,
    mediaFolder,
    postsFolder,
    /** Scratch space, emptied at every start. */
    workFolder,
    mediaPath: (media: Media): string => join(mediaFolder, media.file),

    /** The account a key belongs to. Keys themselves are never stored. */
    account(key: string): string {
      const keyHash = createHash("sha256").update(`${identity} ${key}`).digest("hex");
      const accountId = uuidOf(`account ${keyHash}`);
      database
        .prepare(
          "INSERT INTO accounts (accountId, keyHash) VALUES (:accountId, :keyHash) ON CONFLICT DO NOTHING",
        )
        .run({ accountId, keyHash });
      return accountId;
    },

    addMedia(media: Omit<Media, "token">): Media {
      const row = { ...media, token: randomBytes(24).toString("base64url") };
      insert("media", row);
      return row;
    },
    /** Media of the account that exists by `now`; what has expired is not found. */
    media(accountId: string, mediaId: string, now: number): Media | undefined {
      const row = get(
        "SELECT * FROM media WHERE mediaId = :mediaId AND accountId = :accountId AND gone = 0 AND createdAt <= :now",
        { mediaId, accountId, now },
      );
      return row && Media.parse(row);
    },
    mediaByToken(token: string, now: number): Media | undefined {
      const row = get("SELECT * FROM media WHERE token = :token AND gone = 0 AND createdAt <= :now", {
        token,
        now,
      });
      return row && Media.parse(row);
    },
    /** Newest first. */
    listMedia(
      accountId: string,
      filter: {
        readonly kind?: string | undefined;
        readonly source?: string | undefined;
        readonly limit: number;
      },
      now: number,
    ): Media[] {
      return database
        .prepare(
          `SELECT * FROM media WHERE accountId = :accountId AND gone = 0 AND createdAt <= :now
           AND (:kind IS NULL OR kind = :kind) AND (:source IS NULL OR source = :source)
           ORDER BY createdAt DESC, mediaId LIMIT :limit`,
        )
        .all({
          accountId,
          now,
          kind: filter.kind ?? null,
          source: filter.source ?? null,
          limit: filter.limit,
        })
        .map((row) => Media.parse(row));
    },
    expireMedia(accountId: string, mediaId: string): void {
      database
        .prepare("UPDATE media SET gone = 1 WHERE mediaId = :mediaId AND accountId = :accountId")
        .run({ mediaId, accountId });
    },

    nextOrdinal: (accountId: string): number =>
      number(
        get("SELECT coalesce(max(ordinal), 0) + 1 AS value FROM jobs WHERE accountId = :accountId", {
          accountId,
        }),
      ),
    addJob(job: Omit<Job, "jobId" | "result">): Job {
      const whole = { ...job, jobId: randomUUID(), result: null };
      insert("jobs", {
        ...whole,
        request: JSON.stringify(job.request),
        timeline: JSON.stringify(job.timeline),
      });
      return whole;
    },
    job(accountId: string, jobId: string): Job | undefined {
      const row = get("SELECT * FROM jobs WHERE jobId = :jobId AND accountId = :accountId", {
        jobId,
        accountId,
      });
      return row && Job.parse(row);
    },
    jobsOf(accountId: string): Job[] {
      const rows = database
        .prepare("SELECT * FROM jobs WHERE accountId = :accountId ORDER BY ordinal")
        .all({ accountId });
      return rows.map((row) => Job.parse(row));
    },
    /** Oldest first. */
    jobsAfter(accountId: string, ordinal: number): Job[] {
      const rows = database
        .prepare("SELECT * FROM jobs WHERE accountId = :accountId AND ordinal > :ordinal ORDER BY ordinal")
        .all({ accountId, ordinal });
      return rows.map((row) => Job.parse(row));
    },
    /** Ids of the account's jobs whose bytes are not there yet. */
    unmade: (accountId: string): ReadonlySet<string> =>
      new Set(
        database
          .prepare("SELECT jobId FROM jobs WHERE madeAt IS NULL AND accountId = :accountId")
          .all({ accountId })
          .map(({ jobId }) => String(jobId)),
      ),
    unfinishedJobs: (): Job[] =>
      database
        .prepare("SELECT * FROM jobs WHERE madeAt IS NULL ORDER BY rowid")
        .all()
        .map((row) => Job.parse(row)),
    /** The job's media and its end, in one transaction: a job is never done before its bytes are there. */
    finishJob(
      jobId: string,
      madeAt: number,
      media: readonly Omit<Media, "token">[],
      result: JobResult,
    ): void {
      database.exec("BEGIN IMMEDIATE");
      try {
        for (const item of media) this.addMedia(item);
        database
          .prepare("UPDATE jobs SET madeAt = :madeAt, result = :result WHERE jobId = :jobId")
          .run({ jobId, madeAt, result: JSON.stringify(result) });
        database.exec("COMMIT");
      } catch (error) {
        database.exec("ROLLBACK");
        throw error;
      }
    },
    failJob(jobId: string, madeAt: number, errorCode: string, errorMessage: string): void {
      database
        .prepare(
          "UPDATE jobs SET madeAt = :madeAt, errorCode = :errorCode, errorMessage = :errorMessage WHERE jobId = :jobId",
        )
        .run({ jobId, madeAt, errorCode, errorMessage });
    },
    close: (): void => database.close(),
  };
}

export type State = ReturnType<typeof openState>;
