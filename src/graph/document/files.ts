import type { MediaFacts, MediaKind } from "../../base/media-kind.ts";
import type { Said } from "../../words/message.ts";

/** The rules for uploads that need no disk: which files are taken, and which paths a graph may name. */

/** A file in the library. `path` is relative to the graph's folder and inside it; `sha256` finds it in the library. */
export type UploadFile = MediaFacts & {
  readonly name: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly path?: string;
  readonly mimeType: string;
};

export type UploadMimeType = {
  readonly mimeType: string;
  readonly kind: MediaKind;
  /** Lower case, without the dot; the first one is used for new files. Empty: another row has the extension. */
  readonly extensions: readonly string[];
  /** Other names the same format goes by. */
  readonly aliases?: readonly string[];
};

/** What the API's upload takes. @see docs/wondercat-api.md, section 4.1 */
const uploadMimeTypes: readonly UploadMimeType[] = [
  {
    mimeType: "image/jpeg",
    kind: "image",
    extensions: ["jpg", "jpeg", "jfif", "jif", "jpe", "pjpeg", "pjp"],
    aliases: ["image/jpg", "image/pjpeg"],
  },
  { mimeType: "image/png", kind: "image", extensions: ["png"] },
  { mimeType: "image/gif", kind: "image", extensions: ["gif"] },
  { mimeType: "image/webp", kind: "image", extensions: ["webp"] },
  { mimeType: "image/svg+xml", kind: "image", extensions: ["svg"] },
  { mimeType: "video/mp4", kind: "video", extensions: ["mp4", "m4v"] },
  { mimeType: "video/webm", kind: "video", extensions: ["webm"] },
  { mimeType: "video/quicktime", kind: "video", extensions: ["mov", "qt"] },
  {
    mimeType: "video/x-msvideo",
    kind: "video",
    extensions: ["avi"],
    aliases: ["video/avi", "video/msvideo"],
  },
  { mimeType: "audio/mpeg", kind: "audio", extensions: ["mp3"], aliases: ["audio/mp3"] },
  { mimeType: "audio/wav", kind: "audio", extensions: ["wav"], aliases: ["audio/x-wav", "audio/wave"] },
  { mimeType: "audio/ogg", kind: "audio", extensions: ["ogg", "oga"] },
  { mimeType: "audio/webm", kind: "audio", extensions: ["weba"] },
  { mimeType: "audio/aac", kind: "audio", extensions: ["aac"], aliases: ["audio/x-aac"] },
  { mimeType: "audio/m4a", kind: "audio", extensions: ["m4a"], aliases: ["audio/x-m4a", "audio/mp4"] },
];

/** Formats that are media and are not taken: what a person calls them, and what to save them as. By extension. */
const otherFormats: Readonly<Record<string, { readonly what: string; readonly saveAs: string }>> = {
  ...formats("picture", "JPEG", {
    HEIC: ["heic", "heics"],
    HEIF: ["heif", "hif"],
    AVIF: ["avif"],
    TIFF: ["tif", "tiff"],
  }),
  ...formats("picture", "PNG", { BMP: ["bmp"], Photoshop: ["psd"], icon: ["ico"], "JPEG XL": ["jxl"] }),
  ...formats("picture", "JPEG", {
    "camera raw": ["dng", "cr2", "cr3", "nef", "arw", "orf", "raf", "rw2"],
  }),
  ...formats("video", "MP4", {
    Matroska: ["mkv"],
    "Windows Media": ["wmv"],
    Flash: ["flv"],
    MPEG: ["mpg", "mpeg", "mts", "m2ts"],
    "3GP": ["3gp"],
  }),
  ...formats("sound", "MP3", {
    FLAC: ["flac"],
    AIFF: ["aif", "aiff"],
    "Windows Media": ["wma"],
    Opus: ["opus"],
    MIDI: ["mid", "midi"],
  }),
};

function formats(what: string, saveAs: string, names: Readonly<Record<string, readonly string[]>>) {
  return Object.fromEntries(
    Object.entries(names).flatMap(([name, extensions]) =>
      extensions.map((extension) => [extension, { what: `${name} ${what}`, saveAs }]),
    ),
  );
}

/** Whether the name is that of a media file of a format that is not taken. */
export function isOtherFormat(name: string): boolean {
  return Object.hasOwn(otherFormats, extensionOf(name));
}

/** Why a file of this name is not taken, as a sentence about it, and what to do. */
export function notTaken(name: string): { readonly message: Said; readonly remedy: Said } {
  const format = isOtherFormat(name) ? otherFormats[extensionOf(name)] : undefined;
  return format
    ? {
        message: `It is ${withArticle(format.what)}, a kind that is not taken.`,
        remedy: `Save it as ${format.saveAs}.`,
      }
    : {
        message: "It is no picture, video or sound that is taken.",
        remedy: `Taken are ${uploadFormatsInWords}.`,
      };
}

/** By its sound: an AVIF, an MPEG, a HEIC. */
function withArticle(what: string): string {
  return `${/^(?:[AO]|icon|MPEG)/.test(what) ? "an" : "a"} ${what}`;
}

function extensionOf(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot < 0 ? "" : name.slice(dot + 1).toLowerCase();
}

/** For a person: "JPEG, PNG, …". */
export const uploadFormatsInWords =
  "JPEG, PNG, GIF, WebP and SVG pictures; MP4, WebM, MOV and AVI videos; MP3, WAV, OGG, WebM, AAC and M4A audio";

/** The row for a MIME type, aliases and parameters (`; codecs=…`) included; `undefined` if it is not taken. */
export function uploadTypeOfMime(mimeType: string): UploadMimeType | undefined {
  const bare = mimeType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return uploadMimeTypes.find((row) => row.mimeType === bare || row.aliases?.includes(bare));
}

/** The row for a file name by its extension; `undefined` if it is not taken. */
export function uploadTypeOfName(name: string): UploadMimeType | undefined {
  const extension = extensionOf(name);
  return extension ? uploadMimeTypes.find((row) => row.extensions.includes(extension)) : undefined;
}

/** A title with the ending of its kind of file, unless it has one. */
export function mediaFileName(title: string, mimeType: string): string {
  const type = uploadTypeOfMime(mimeType);
  if (type?.extensions.includes(extensionOf(title))) return title;
  // Of what is not taken the subtype is mostly the extension: "image/avif", "audio/x-flac".
  const subtype = /\/(?:x-)?([a-z0-9]{1,8})/i.exec(mimeType)?.[1];
  return `${title}.${type?.extensions[0] ?? subtype ?? "bin"}`;
}

const LONGEST_PATH = 1024;
const deviceName = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;
const encodedTrick = /%(?:2e|2f|5c|00)/i;

/**
 * Whether a graph may name this path: relative, with `/`, and inside the graph's folder by its letters alone on
 * every system. Symlinks are for the reader of the file to resolve.
 */
export function safeRelativePath(
  path: string,
): { readonly ok: true; readonly path: string } | { readonly ok: false; readonly reason: string } {
  const no = (reason: string) => ({ ok: false, reason }) as const;
  if (path === "") return no("The path is empty.");
  if (path.length > LONGEST_PATH) return no(`The path is longer than ${LONGEST_PATH} characters.`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  if (/[\u0000-\u001f\u007f]/.test(path)) return no("The path holds control characters.");
  if (path.includes("\\")) return no("The path holds a backslash; write folders with /.");
  if (path.startsWith("/")) return no("The path is absolute; it must be relative to the graph's folder.");
  // A colon is a drive (C:), a URL (file:) or a stream (a.png:b): none of them is a plain relative path.
  if (path.includes(":")) return no("The path holds a colon; drives and URLs are not taken.");
  if (encodedTrick.test(path)) return no("The path holds encoded dots or slashes.");
  const segments = path.split("/").filter((segment, index) => !(segment === "." && index === 0));
  if (segments[0]?.startsWith("~"))
    return no("The path starts with ~; it must be relative to the graph's folder.");
  for (const segment of segments) {
    if (segment === "..") return no("The path leads out of the graph's folder.");
    if (segment === "" || segment === ".") return no("The path has an empty part.");
    if (/[. ]$/.test(segment)) return no("A part of the path ends with a dot or a space.");
    if (deviceName.test(segment)) return no("The path names a device.");
  }
  if (segments.length === 0) return no("The path is empty.");
  return { ok: true, path: segments.join("/") };
}
