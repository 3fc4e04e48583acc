import { z } from "zod";
import { mediaKinds } from "../../base/media-kind.ts";

export const mediaFactsSchema = z.object({
  sha256: z.string(),
  kind: z.enum(mediaKinds),
  mimeType: z.string(),
  sizeBytes: z.int(),
  width: z.int().optional(),
  height: z.int().optional(),
  durationMs: z.int().optional(),
});
export type MediaFacts = Readonly<z.infer<typeof mediaFactsSchema>>;

/**
 * Where bytes came from. `sandbox` carries the sandbox's scope: such media, and whatever is made from it, goes to no
 * other server.
 */
export type MediaOrigin =
  | { readonly kind: "person" }
  | { readonly kind: "server"; readonly scope: string }
  | { readonly kind: "sandbox"; readonly scope: string }
  | { readonly kind: "render"; readonly madeFrom: readonly string[] };

export type MediaTable = {
  /** Remembers media whose bytes are in the library. The same bytes may have several origins; all are kept. */
  add(facts: MediaFacts, origin: MediaOrigin, at: number): Promise<void>;
  get(sha256: string): Promise<MediaFacts | undefined>;
  /** Of media whose hash begins with these digits: what each is to the person who wonders what fills the disk. */
  classesUnder(prefix: string): Promise<ReadonlyMap<string, "uploads" | "results" | "renders">>;
  /**
   * What sandboxes made of it: for each such media, itself or one it was made from, the scopes that made those bytes.
   * Two sandboxes with the same seed make the same bytes, so there may be several.
   */
  sandboxMakers(sha256: string): Promise<string[][]>;
  /** Remembers that a server knows these bytes under this id. Ids are valid in their scope alone. */
  addRemote(remote: { scope: string; mediaId: string; sha256: string; at: number }): Promise<void>;
  /** The newest id of these bytes in this scope. */
  remoteIdOf(scope: string, sha256: string): Promise<string | undefined>;
  sha256Of(scope: string, mediaId: string): Promise<string | undefined>;
  /** All ids that these bytes ever had in this scope, newest first. */
  remoteIdsOf(scope: string, sha256: string): Promise<string[]>;
};
