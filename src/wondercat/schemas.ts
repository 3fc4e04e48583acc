import { z } from "zod";
import type {
  Balance,
  Capabilities,
  JobKind,
  JobOutput,
  JobRef,
  JobView,
  MediaPage,
  MediaRecord,
  Pricing,
  PublishApi,
  PublishPage,
  PublishRecord,
  RemoteMedia,
  SocialAccount,
  Whoami,
} from "./types.ts";

/**
 * The bodies of 2xx answers, from the server's shapes to our vocabulary. Strict in what Catwalk depends on (ids,
 * urls, statuses), lenient where the reference says "unknown": an odd optional field counts as absent.
 *
 * @see docs/wondercat-api.md
 */

const word = z.string().min(1);
/** So many characters an id may have. Real ones have some dozens, and each is in addresses, lines and the journal. */
const MOST_OF_ID = 1000;
/** Some servers count: a number is as clear an id as a text, and is used as its digits. */
const id = z.union([word.max(MOST_OF_ID), z.int().nonnegative()]).transform(String);
const text = z.string().optional().catch(undefined);
const measure = z.number().nonnegative().optional().catch(undefined);
/**
 * What one job costs. More than $10,000 is no price but a mistake in the answer, which must neither be shown as a price
 * nor add up to what a number cannot hold.
 */
const microdollars = z.number().nonnegative().max(10_000_000_000);
const object = z.record(z.string(), z.unknown());
const objectOrEmpty = object.catch({});
const list = z.array(z.unknown()).catch([]);

/** Only what a window may show as a link. */
const link = z
  .url({ protocol: /^https?$/ })
  .optional()
  .catch(undefined);

type Definite<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Leaves out absent fields, so that a field is either there with a value or not there. */
function definite<T extends object>(value: T): Definite<T> {
  // Object.fromEntries forgets the keys' types; only entries without a value have gone.
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Definite<T>;
}

/** The entries that fit, in their order. */
function fitting<T>(schema: z.ZodType<T>, entries: readonly unknown[]): T[] {
  return entries.flatMap((entry) => {
    const parsed = schema.safeParse(entry);
    return parsed.success ? [parsed.data] : [];
  });
}

const remoteMedia: z.ZodType<RemoteMedia> = z
  .looseObject({
    mediaId: id,
    url: word,
    mimeType: text,
    width: measure,
    height: measure,
    durationMs: measure,
    fps: measure,
  })
  .transform(({ mediaId, url, mimeType, width, height, durationMs, fps }) =>
    definite({ mediaId, url, mimeType, width, height, durationMs, fps }),
  );

const whoamiSchema: z.ZodType<Whoami> = z
  .looseObject({ accountId: id, email: text, plan: text })
  .transform(({ accountId, email, plan }) => definite({ accountId, email, plan }));

const capableModel = z
  .looseObject({ key: word, label: text, description: text, attachments: list, params: objectOrEmpty })
  .transform((model) => ({
    key: model.key,
    label: model.label ?? model.key,
    description: model.description ?? "",
    attachments: model.attachments.filter((slot) => typeof slot === "string"),
    params: model.params,
  }));

const capableTarget = z
  .looseObject({
    operation: word,
    label: text,
    description: text,
    accepts: z.looseObject({
      media: z.looseObject({ kinds: list, min: measure, max: measure }),
      text: z.looseObject({ optional: z.boolean() }).optional().catch(undefined),
    }),
    params: objectOrEmpty,
  })
  .transform(({ operation, label, description, accepts, params }) => ({
    operation,
    label: label ?? operation,
    description: description ?? "",
    accepts: definite({
      media: {
        kinds: accepts.media.kinds.filter((kind) => typeof kind === "string"),
        min: accepts.media.min ?? 1,
        max: accepts.media.max ?? 1,
      },
      text: accepts.text && { optional: accepts.text.optional },
    }),
    params,
  }));

const capabilitiesSchema: z.ZodType<Capabilities> = z
  .looseObject({
    generation: objectOrEmpty,
    editing: z.looseObject({ video: list, image: list, audio: list }).optional().catch(undefined),
    publish: list,
  })
  // An answer with none of the three is some other server's.
  .refine((body) => Object.keys(body.generation).length > 0 || body.editing || body.publish.length > 0, {
    error: "neither generation, editing nor publish",
  })
  .transform(({ generation, editing, publish }) =>
    definite({
      generation: Object.fromEntries(
        Object.entries(generation).map(([family, models]) => [
          family,
          fitting(capableModel, Array.isArray(models) ? models : []),
        ]),
      ),
      editing: editing && { video: editing.video, image: editing.image, audio: editing.audio },
      publish: fitting(capableTarget, publish),
    }),
  );

const price = z
  .looseObject({ unit: word, variant: text, unitPriceMicrodollars: microdollars })
  .transform(({ unit, variant, unitPriceMicrodollars }) =>
    definite({ unit, variant, unitPriceMicrodollars }),
  );

const pricedModel = z
  .looseObject({ key: word, label: text, pricing: list })
  .transform(({ key, label, pricing }) => ({ key, label: label ?? key, prices: fitting(price, pricing) }));

const pricingSchema: z.ZodType<Pricing> = z
  .looseObject({ models: z.array(z.unknown()) })
  .transform(({ models }) => ({ models: fitting(pricedModel, models) }));

/** Integer microdollars; undefined where the server gives no number. */
const estimateSchema: z.ZodType<number | undefined> = z
  .looseObject({ estimatedCostMicrodollars: microdollars.optional().catch(undefined) })
  .transform((body) => body.estimatedCostMicrodollars && Math.ceil(body.estimatedCostMicrodollars));

const balanceSchema: z.ZodType<Balance> = z
  .looseObject({ balance: z.union([z.number(), object]).optional().catch(undefined) })
  .transform((body) => {
    // Either { balance: 12, … }, { balance: { credits: 12, … } } or the fields themselves.
    const fields = typeof body.balance === "object" ? body.balance : body;
    const number = (...names: string[]) =>
      names.map((name) => fields[name]).find((it) => typeof it === "number");
    const string = (...names: string[]) =>
      names.map((name) => fields[name]).find((it) => typeof it === "string");
    return definite({
      credits: number("credits", "creditBalance", "balance", "availableCredits"),
      microdollars: number("balanceMicrodollars", "microdollars"),
      nextRefillAt: string("nextRefillAt", "nextRefill", "refillAt"),
    });
  });

function accountsSchema({ accountField }: PublishApi): z.ZodType<readonly SocialAccount[]> {
  const account = z
    .looseObject({ [accountField]: id, username: text, displayName: text, avatarUrl: text, status: text })
    .transform((row): SocialAccount => {
      const { username, displayName, avatarUrl, status } = row;
      return {
        accountId: String(row[accountField]),
        username: username ?? displayName ?? "",
        status: status ?? "active",
        ...definite({ displayName, avatarUrl }),
      };
    });
  return z
    .looseObject({ accounts: z.array(z.unknown()) })
    .transform(({ accounts }) => fitting(account, accounts));
}

/** The shape of `GET /media/{id}` is unpublished: taken bare, or wrapped in `media`. */
const mediaSchema: z.ZodType<RemoteMedia> = z.union([
  remoteMedia,
  z.looseObject({ media: remoteMedia }).transform(({ media }) => media),
]);

/** One part named `file` was sent: its entry in `uploads`, else the top-level trio, else its reason in `errors`. */
const uploadSchema: z.ZodType<{ readonly media: RemoteMedia } | { readonly rejected: string }> = z.union([
  z
    .looseObject({ uploads: z.looseObject({ file: remoteMedia }) })
    .transform(({ uploads }) => ({ media: uploads.file })),
  remoteMedia.transform((media) => ({ media })),
  z
    .looseObject({ errors: z.looseObject({ file: word }) })
    .transform(({ errors }) => ({ rejected: errors.file })),
]);

const JOB_ID_FIELD: { readonly [K in JobKind]: string } = {
  inference: "inferenceJobId",
  editor: "editorJobId",
  publish: "outputJobId",
};

/** The id of the job a create made. Made once: zod writes and compiles code for each schema, and creates are many. */
const createdSchemas: { readonly [K in JobKind]: z.ZodType<JobRef> } = {
  inference: createdSchema("inference"),
  editor: createdSchema("editor"),
  publish: createdSchema("publish"),
};

function createdSchema(kind: JobKind): z.ZodType<JobRef> {
  const field = JOB_ID_FIELD[kind];
  return z.looseObject({ [field]: id }).transform((body) => ({ kind, id: String(body[field]) }));
}

/**
 * Media lies nested in inference outputs and flat in editor outputs; what is neither may hold a value. One that cannot
 * be read takes none of the others with it.
 */
const jobOutput: z.ZodType<JobOutput | undefined> = z
  .looseObject({
    outputKey: text,
    outputValue: z.unknown().optional(),
    media: z.unknown().optional(),
    mediaId: z.unknown().optional(),
    url: z.unknown().optional(),
  })
  .transform((output): JobOutput | undefined => {
    const { outputKey: key, outputValue: value } = output;
    const isNested = output.media !== undefined && output.media !== null;
    if (!isNested && !output.mediaId) {
      if (value !== undefined && value !== null) return { type: "value", value, ...definite({ key }) };
      return output.url ? { type: "unusable", ...definite({ key }) } : undefined;
    }
    const from = isNested ? output.media : output;
    const media = remoteMedia.safeParse(from);
    if (media.success) return { type: "media", media: media.data, ...definite({ key }) };
    const { mediaId } = idOnly.parse(from);
    return { type: "unusable", ...definite({ key, mediaId }) };
  })
  .catch({ type: "unusable" });

/** All that is left of media without a link. */
const idOnly: z.ZodType<{ readonly mediaId?: string | undefined }> = z
  .looseObject({ mediaId: id.optional().catch(undefined) })
  .catch({ mediaId: undefined });

const ENDINGS = ["succeeded", "failed", "canceled"] as const;

/** More outputs than any job makes; each one is a file to fetch. */
const MOST_OUTPUTS = 1_000;

/** An answer that names absurdly many outputs is taken for its first ones, and says so. */
function withFewerOutputs(body: unknown): unknown {
  const parsed = object.safeParse(body);
  const { outputs, infoMessage } = parsed.data ?? {};
  if (!Array.isArray(outputs) || outputs.length <= MOST_OUTPUTS) return body;
  const count = outputs.length.toLocaleString("en");
  const words = `The job names ${count} outputs; the first ${MOST_OUTPUTS.toLocaleString("en")} are taken.`;
  return { ...parsed.data, outputs: outputs.slice(0, MOST_OUTPUTS), infoMessage: infoMessage ?? words };
}

/** What a job's page says. Which job it is, whoever asked knows. */
const jobPage = z
  .looseObject({
    status: word,
    outputs: z.array(jobOutput).nullish(),
    errorCode: text,
    errorMessage: text,
    infoMessage: text,
    permalink: link,
    result: z.looseObject({ permalink: link }).optional().catch(undefined),
  })
  .transform(({ status, outputs, errorCode, errorMessage, infoMessage, permalink, result }) => ({
    status,
    outputs: (outputs ?? []).filter((output) => output !== undefined),
    ...definite({
      // Any other word, known or not, means: look again.
      ended: ENDINGS.find((ending) => ending === status),
      errorCode,
      errorMessage,
      permalink: permalink ?? result?.permalink,
      notice: infoMessage,
    }),
  }));

const jobSchema: z.ZodType<Omit<JobView, "job">> = z.preprocess(withFewerOutputs, jobPage);

function publishesSchema(api: PublishApi): z.ZodType<PublishPage> {
  const row = object.transform((fields): PublishRecord => {
    const read = (...names: string[]) =>
      names.map((name) => fields[name]).find((it): it is string => typeof it === "string" && it !== "");
    return definite({
      publishId: read(api.postField, "publishId", "id"),
      outputJobId: read("outputJobId"),
      mediaId: read("mediaId"),
      accountId: read(api.accountField, "accountId"),
      product: read("product", "postMode"),
      status: read("status"),
      caption: read("caption"),
      permalink: link.parse(read("permalink")),
      createdAt: read("createdAt", "publishedAt"),
    });
  });
  return object.transform((body) =>
    definite({ records: fitting(row, onlyList(body)), cursor: cursorOf(body["nextCursor"], api) }),
  );
}

/** The name of the list is unknown, that there is one list is not. */
function onlyList(body: Readonly<Record<string, unknown>>): readonly unknown[] {
  return Object.values(body).find((field) => Array.isArray(field)) ?? [];
}

/** The pair that must travel together (reference, section 9.5), by the names of the next question. */
function cursorOf(value: unknown, { postField, cursorField }: PublishApi): PublishPage["cursor"] {
  const parsed = object.safeParse(value);
  if (!parsed.success) return undefined;
  const read = (...names: string[]) =>
    names.map((name) => parsed.data[name]).find((it): it is string => typeof it === "string" && it !== "");
  const createdAt = read("createdAt", "cursorCreatedAt");
  const publishId = read(postField, cursorField, "publishId", "id");
  if (createdAt === undefined || publishId === undefined) return undefined;
  return { cursorCreatedAt: createdAt, [cursorField]: publishId };
}

const mediaRecord: z.ZodType<MediaRecord> = z
  .looseObject({ mediaId: id, kind: text, source: text, createdAt: text })
  .transform(({ mediaId, kind, source, createdAt }) => definite({ mediaId, kind, source, createdAt }));

const mediaListSchema: z.ZodType<MediaPage> = object.transform((body) => ({
  records: fitting(mediaRecord, onlyList(body)),
}));

export const answers = {
  whoami: whoamiSchema,
  capabilities: capabilitiesSchema,
  pricing: pricingSchema,
  estimate: estimateSchema,
  balance: balanceSchema,
  accounts: accountsSchema,
  media: mediaSchema,
  upload: uploadSchema,
  created: (kind: JobKind) => createdSchemas[kind],
  job: jobSchema,
  publishes: publishesSchema,
  mediaList: mediaListSchema,
};
