import type { MediaKind } from "../base/media-kind.ts";

type Sniffed = { readonly mimeType: string; readonly kind: MediaKind; readonly extension: string };

const type = (mimeType: string, extension: string): Sniffed => ({
  mimeType,
  kind: mimeType.split("/")[0] as MediaKind, // every type named below begins with one of the three
  extension,
});

/**
 * The type of a file by its first bytes (512 are enough), if it is one that upload takes. Names and declared types are
 * only believed where bytes leave it open (audio or video in one container).
 *
 * @see docs/wondercat-api.md, section 4.1, for the accepted list.
 */
export function sniff(head: Uint8Array, declared: string): Sniffed | undefined {
  const text = Buffer.from(head).toString("latin1");
  const audio = declared.startsWith("audio/");
  if (text.startsWith("\xff\xd8\xff")) return type("image/jpeg", ".jpg");
  if (text.startsWith("\x89PNG\r\n\x1a\n")) return type("image/png", ".png");
  if (/^GIF8[79]a/.test(text)) return type("image/gif", ".gif");
  if (text.startsWith("RIFF")) {
    const form = text.slice(8, 12);
    if (form === "WEBP") return type("image/webp", ".webp");
    if (form === "AVI ") return type("video/x-msvideo", ".avi");
    return form === "WAVE" ? type("audio/wav", ".wav") : undefined;
  }
  if (text.slice(4, 8) === "ftyp") {
    const brand = text.slice(8, 12);
    if (/^(avif|avis|heic|heix|mif1|msf1)$/.test(brand)) return undefined;
    if (brand.startsWith("M4A") || brand.startsWith("M4B") || audio) return type("audio/mp4", ".m4a");
    return brand === "qt  " ? type("video/quicktime", ".mov") : type("video/mp4", ".mp4");
  }
  if (/^....(moov|mdat|wide|free)/s.test(text) && /quicktime|mp4/.test(declared))
    return type("video/quicktime", ".mov");
  if (text.startsWith("\x1a\x45\xdf\xa3")) {
    return text.includes("webm") ? type(audio ? "audio/webm" : "video/webm", ".webm") : undefined;
  }
  if (text.startsWith("OggS")) return type("audio/ogg", ".ogg");
  if (text.startsWith("ID3")) return type("audio/mpeg", ".mp3");
  const second = head[1] ?? 0;
  if (head[0] === 0xff && (second & 0xe0) === 0xe0) {
    return (second & 0x06) === 0 ? type("audio/aac", ".aac") : type("audio/mpeg", ".mp3");
  }
  const start = Buffer.from(head)
    .toString("utf8")
    .replace(/^\uFEFF/, "")
    .trimStart();
  return /^(<\?xml[^>]*>\s*)?(<!--[\s\S]*?-->\s*|<!DOCTYPE svg[^>]*>\s*)*<svg[\s>]/i.test(start)
    ? type("image/svg+xml", ".svg")
    : undefined;
}
