import type { Said } from "../words/message.ts";
/**
 * What the Wondercat API deals in, normalised at the client's edge. Pure types: the engine imports this file
 * and nothing else of the room.
 *
 * @see docs/wondercat-api.md for where each fact comes from.
 */

export type JobKind = "inference" | "editor" | "publish";

/** A remote job. Ids are opaque, non-empty strings, valid only in the scope they were made in. */
export type JobRef = { readonly kind: JobKind; readonly id: string };

export type GenerateRequest = {
  readonly model: string;
  readonly prompt?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  /** Positional: array order maps to the model's slots. */
  readonly attachmentMediaIds?: readonly string[];
};

export type EditRequest = {
  readonly operation: string;
  readonly mediaIds?: readonly string[];
  readonly audioMediaId?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly promptText?: string;
};

/** How the API names what belongs to one platform. Paths are under `/api/v1`. */
export type PublishApi = {
  readonly create: `/${string}`;
  readonly accounts: `/${string}`;
  /** The account's posts. */
  readonly posts: `/${string}`;
  readonly accountField: string;
  readonly postField: string;
  readonly cursorField: string;
};

export type PublishRequest = {
  readonly mediaId: string;
  readonly accountId: string;
  readonly caption?: string;
  /** Platform params by their API names, e.g. `product`, `privacyLevel`. */
  readonly params?: Readonly<Record<string, unknown>>;
};

/** One create, told apart by the kind of job it makes. */
export type CreateRequest =
  /** `path` is the family's endpoint, such as `/image/generate`. */
  | { readonly kind: "inference"; readonly path: `/${string}`; readonly body: GenerateRequest }
  | { readonly kind: "editor"; readonly endpoint: "video" | "image" | "audio"; readonly body: EditRequest }
  | { readonly kind: "publish"; readonly api: PublishApi; readonly body: PublishRequest };

/**
 * The four ways a create can end, and there is no fifth.
 * - `accepted`: 2xx with the job's id.
 * - `refused`: a well-formed API error of 4xx; nothing was made. `failure.retryAtMs` says when 429 or a
 *   "still being prepared" 409 may be sent again.
 * - `notSent`: no byte of the request was written; it may be sent again.
 * - `inDoubt`: everything else. Nobody can say whether it arrived; only a person may send it again.
 */
export type CreateOutcome =
  | { readonly outcome: "accepted"; readonly job: JobRef; readonly notice?: string }
  | { readonly outcome: "refused"; readonly failure: RemoteFailure }
  | { readonly outcome: "notSent"; readonly failure: RemoteFailure }
  | { readonly outcome: "inDoubt"; readonly failure: RemoteFailure };

/** Statuses the API documents. Others are kept as they come and are never terminal. */
export type KnownJobStatus =
  | "idle"
  | "queued"
  | "scheduled"
  | "locked"
  | "in_progress"
  | "succeeded"
  | "failed"
  | "canceled";

/** Media on the server. `url` is short-lived and never reaches a window. */
export type RemoteMedia = {
  readonly mediaId: string;
  readonly url: string;
  readonly mimeType?: string;
  readonly width?: number;
  readonly height?: number;
  readonly durationMs?: number;
  readonly fps?: number;
};

/** Nested inference outputs and flat editor outputs become this one type. */
export type JobOutput =
  | { readonly type: "media"; readonly key?: string; readonly media: RemoteMedia }
  | { readonly type: "value"; readonly key?: string; readonly value: unknown }
  /** Listed by the server without what it takes to have it, such as a link. Those beside it are as good as ever. */
  | {
      readonly type: "unusable";
      readonly key?: string;
      readonly mediaId?: string;
      /** Its link leads where nothing is ever fetched from. */
      readonly isUnsafe?: true;
    };

/** One look at a job. */
export type JobView = {
  readonly job: JobRef;
  /** The API's own word. */
  readonly status: KnownJobStatus | (string & {});
  /** Set exactly when the job has ended. */
  readonly ended?: "succeeded" | "failed" | "canceled";
  readonly outputs: readonly JobOutput[];
  readonly errorCode?: string;
  readonly errorMessage?: string;
  /** Publish results, where the server gives them. */
  readonly permalink?: string;
  /** Warning headers, deprecation hints and the like. */
  readonly notice?: string;
};

/** What the person can read about a request that did not do its work. Serialisable; holds no secret. */
export type RemoteFailure = {
  /** The API's `error.code` where there is one, else ours: see `failures.ts`. */
  readonly code: string;
  /** The server's own words or ours, bounded to 500 characters. */
  readonly message: Said;
  /** What the person can do about it. */
  readonly remedy: Said;
  readonly status?: number;
  /** Whether the same request may be sent again without a person's word. */
  readonly retryable: boolean;
  /** Milliseconds since the epoch, from `deferUntil` or `Retry-After`. */
  readonly retryAtMs?: number;
  /** What it means for the person's money. */
  readonly cost: "none" | "unknown";
  /** The server no longer has a media the request named: uploading its bytes again may mend it. */
  readonly mediaGone?: true;
};

export type SocialAccount = {
  readonly accountId: string;
  readonly username: string;
  readonly displayName?: string;
  readonly avatarUrl?: string;
  readonly status: string;
};

export type Whoami = { readonly accountId: string; readonly email?: string; readonly plan?: string };

/** `GET /capabilities`: what this server can do. Entries without the field they are known by are left out. */
export type Capabilities = {
  /** By media family: `image`, `video`, `text` and whatever else the server names. */
  readonly generation: Readonly<Record<string, readonly CapableModel[]>>;
  /** Undefined where the server does not say; empty lists where edits are rendered by the client. */
  readonly editing?: {
    readonly video: readonly unknown[];
    readonly image: readonly unknown[];
    readonly audio: readonly unknown[];
  };
  readonly publish: readonly CapableTarget[];
};

type CapableModel = {
  readonly key: string;
  readonly label: string;
  readonly description: string;
  /** Slot names in positional order, e.g. `reference_images`. */
  readonly attachments: readonly string[];
  /** JSON Schema of `params`. */
  readonly params: Readonly<Record<string, unknown>>;
};

type CapableTarget = {
  /** E.g. `instagramPublish`. */
  readonly operation: string;
  readonly label: string;
  readonly description: string;
  readonly accepts: {
    readonly media: { readonly kinds: readonly string[]; readonly min: number; readonly max: number };
    readonly text?: { readonly optional: boolean };
  };
  readonly params: Readonly<Record<string, unknown>>;
};

/** `GET /pricing`. One credit is 1000 microdollars on that page; show dollars, never convert credits. */
export type Pricing = {
  readonly models: readonly {
    readonly key: string;
    readonly label: string;
    readonly prices: readonly Price[];
  }[];
};

type Price = {
  /** `per_image`, `per_second` and so on; `variable` has no fixed price. */
  readonly unit: string;
  /** E.g. `1K`. */
  readonly variant?: string;
  readonly unitPriceMicrodollars: number;
};

/** `GET /balance`. Its shape is unknown, so every field may be missing. */
export type Balance = {
  readonly credits?: number;
  readonly microdollars?: number;
  readonly nextRefillAt?: string;
};

/** A page of the account's posts, newest first. */
export type PublishPage = {
  readonly records: readonly PublishRecord[];
  /** For the page after this one; absent at the end. */
  readonly cursor?: Readonly<Record<string, string>>;
  /** What the server's clock said, in milliseconds since the epoch; where it says so, to the second. */
  readonly serverTimeMs?: number;
};

/** A row of `GET /media`. Its envelope is unknown, so every field but the id may be missing. */
export type MediaRecord = {
  readonly mediaId: string;
  readonly kind?: string;
  readonly source?: string;
  readonly createdAt?: string;
};

export type MediaPage = { readonly records: readonly MediaRecord[]; readonly serverTimeMs?: number };

/** A row of a platform's `publishes`. Its shape is unknown, so every field may be missing. */
export type PublishRecord = {
  readonly publishId?: string;
  readonly outputJobId?: string;
  readonly mediaId?: string;
  readonly accountId?: string;
  /** What it was posted as, by the platform's name for it. */
  readonly product?: string;
  readonly status?: string;
  readonly caption?: string;
  readonly permalink?: string;
  readonly createdAt?: string;
};
