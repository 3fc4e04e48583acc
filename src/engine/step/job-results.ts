/** What a finished job gave, as values of a step. */
import { isMediaKind, type MediaKind } from "../../base/media-kind.ts";
import type { PlannedStep } from "../../graph/plan/plan.ts";
import type { MediaValue, StepOutput, WorkOutput } from "../../nodes/definition/work.ts";
import type { JobOutput, RemoteMedia } from "../../wondercat/types.ts";
import type { ReusableWork } from "../takes/take-key.ts";

/** Media of a job at the port it goes to. */
export type Landed = {
  readonly portId: string;
  readonly mediaId: string;
  readonly value: MediaValue;
  /** Absent: the server gave its id alone. */
  readonly remote?: RemoteMedia;
  /** The server gave a link, too, which leads nowhere safe: no later look makes it one that is followed. */
  readonly isUnsafe?: true;
};

type Given = {
  readonly key?: string;
  readonly isUnsafe?: true;
  readonly media: Omit<RemoteMedia, "url"> | RemoteMedia;
};
type MediaPort = { readonly port: string; readonly kind: MediaKind; readonly key?: string };

/**
 * Each media goes to the first port that selects it, and no media to two. Where no port selects any, the first one has
 * all: a server may name no kind, or another than was asked for, and what was paid for must not be lost.
 */
function land(given: readonly Given[], ports: readonly MediaPort[]): Landed[] {
  const [first] = ports;
  if (!first) return [];
  const landed = given.flatMap((one) => {
    const port = portFor(ports, kindOf(one.media.mimeType), one.key);
    return port ? [landedAt(port, one)] : [];
  });
  return landed.length > 0 ? landed : given.map((one) => landedAt(first, one));
}

/** The first that selects it. */
function portFor(ports: readonly MediaPort[], kind: MediaKind | undefined, key: string | undefined) {
  return ports.find((port) => (kind ?? port.kind) === port.kind && (port.key ?? key) === key);
}

function landedAt({ port, kind }: MediaPort, { media, isUnsafe }: Given): Landed {
  const { mediaId } = media;
  return {
    ...{ portId: port, mediaId, value: mediaValue(media, kind) },
    ...("url" in media ? { remote: media } : {}),
    ...(isUnsafe ? { isUnsafe } : {}),
  };
}

/** One output of the step; media has what it takes to fetch it. */
type Result = StepOutput & Partial<Pick<Landed, "mediaId" | "remote" | "isUnsafe">>;

/** What a job gave, by port. */
export type JobResults = {
  /** In the order of the ports, then of the job. */
  readonly outputs: readonly Result[];
  /** Media that has no link yet, beside others that have one. */
  readonly linkless: readonly Landed[];
  /** Beside good ones: how many more there are in no readable form, and with a link that leads nowhere safe. */
  readonly unreadable: number;
  readonly unsafe: number;
  /** Ports that nothing came to. */
  readonly missing: readonly WorkOutput[];
};

/** @param kindAt the kind that the plan gives a port whose work leaves it open. */
export function resultsOf(
  given: readonly JobOutput[],
  wanted: readonly WorkOutput[],
  kindAt: (port: string) => MediaKind,
): JobResults {
  const ports = mediaPorts(wanted, kindAt);
  const linked = land(
    given.filter((output) => output.type === "media"),
    ports,
  );
  const unusable = given.filter((output) => output.type === "unusable");
  const named = unusable.flatMap(({ mediaId, ...more }) =>
    mediaId === undefined ? [] : [{ ...more, media: { mediaId } }],
  );
  // Where none has a link, the next steps can still use them by their ids.
  const isLinked = linked.length > 0;
  const ids = isLinked ? named.filter(({ isUnsafe }) => !isUnsafe) : named;
  const linkless = land(ids, ports);
  const media = isLinked ? linked : linkless;
  const outputs = wanted.flatMap(({ port, select }): readonly Result[] => {
    if (select.kind !== "text") return media.filter(({ portId }) => portId === port);
    const text = textIn(given, select.key);
    return text === undefined ? [] : [{ portId: port, value: { type: "text", text } }];
  });
  return {
    outputs,
    linkless: isLinked ? linkless : [],
    unreadable: ports.length === 0 ? 0 : unusable.length - named.length,
    unsafe: ports.length === 0 ? 0 : named.length - ids.length,
    missing: wanted.filter(({ port }) => !outputs.some(({ portId }) => portId === port)),
  };
}

/**
 * What a render gave, by port and in their order.
 *
 * @throws when a port is left without: the operation does not make what it says.
 */
export function rendered(
  files: readonly { readonly key?: string; readonly value: MediaValue }[],
  wanted: readonly WorkOutput[],
  kindAt: (port: string) => MediaKind,
): readonly StepOutput[] {
  const ports = mediaPorts(wanted, kindAt);
  return ports.flatMap(({ port }) => {
    const here = files.filter(({ key, value }) => portFor(ports, value.kind, key)?.port === port);
    // An edit with one result gives what it gives, whatever the plan said of its kind.
    const values = here.length === 0 && ports.length === 1 ? files : here;
    if (values.length === 0) throw new Error(`The render gave nothing for “${port}”.`);
    return values.map(({ value }) => ({ portId: port, value }));
  });
}

function mediaPorts(wanted: readonly WorkOutput[], kindAt: (port: string) => MediaKind): MediaPort[] {
  return wanted.flatMap(({ port, select: { kind, ...only } }) =>
    kind === "text" ? [] : [{ ...only, port, kind: kind === "media" ? kindAt(port) : kind }],
  );
}

/** The plan may know better than the work what a port gives; an edit gives what it took. */
export function plannedKind({ outputs }: PlannedStep, work: ReusableWork): (port: string) => MediaKind {
  const first = work.kind === "edit" ? work.inputs[0]?.media.kind : undefined;
  return (port) => {
    const planned = outputs.find(({ id }) => id === port)?.type;
    return isMediaKind(planned) ? planned : (first ?? "video");
  };
}

function mediaValue(remote: Omit<RemoteMedia, "url">, wanted: MediaKind): MediaValue {
  const { mediaId, mimeType, width, height, durationMs } = remote;
  return {
    type: "media",
    kind: kindOf(mimeType) ?? wanted,
    mediaId,
    madeByJob: true,
    ...(mimeType === undefined ? {} : { mimeType }),
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    ...(durationMs === undefined ? {} : { durationMs }),
  };
}

function kindOf(mimeType: string | undefined): MediaKind | undefined {
  const family = mimeType?.split("/")[0];
  return isMediaKind(family) ? family : undefined;
}

function textIn(given: readonly JobOutput[], key: string | undefined): string | undefined {
  const values = given.filter((output) => output.type === "value");
  if (key === undefined) return firstText(values.map(({ value }) => value));
  const value = values.find((output) => output.key === key)?.value;
  if (value === undefined || value === null) return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Where exactly generated text sits is not documented (reference, section 16), so the first string found is it. */
function firstText(values: readonly unknown[]): string | undefined {
  const search = values.toReversed();
  while (search.length > 0) {
    const value = search.pop();
    if (typeof value === "string") return value;
    if (typeof value === "object" && value !== null) search.push(...Object.values(value).reverse());
  }
  return undefined;
}

/** In which other forms than media a job gave its results. The reference knows values as what is no media. */
export function formsOf(given: readonly JobOutput[]): readonly string[] {
  const forms = given.flatMap((output) => {
    if (output.type === "media") return [];
    if (output.type === "unusable") return ["an entry that Catwalk cannot read"];
    if (typeof output.value !== "string") return ["data without media"];
    return [/^https?:\/\//.test(output.value) ? "a web address without a media id" : "a text"];
  });
  return [...new Set(forms)];
}
