import { useStore } from "zustand";
import { mediaKinds } from "../../src/base/media-kind.ts";
import type {
  BroughtMedia,
  GalleryPage,
  GalleryQuery,
  MediaResult,
  TextResult,
} from "../../src/studio/contract.ts";
import { graphStore } from "../stores/graph.ts";
import { createPagedList, type PagedList } from "../stores/paged-list.ts";
import { called, studio } from "../stores/studio.ts";

export const kinds = ["any", ...mediaKinds, "text"] as const;

export type GalleryFilter = {
  /** Of every graph, not only of the open one. */
  readonly everywhere: boolean;
  /** What nodes made, or what a person brought in. */
  readonly source: GalleryQuery["source"];
  readonly kind: (typeof kinds)[number];
  readonly text: string;
};

/** A tile of media: a result of a node, or what a person brought in. */
export type MediaItem =
  | ({ readonly source: "made" } & MediaResult)
  | ({ readonly source: "brought"; readonly title: string } & BroughtMedia);

export type TextItem = { readonly source: "made" } & TextResult;

export type GalleryItem = MediaItem | TextItem;

export function isText(item: GalleryItem): item is TextItem {
  return item.kind === "text";
}

export const everyResult: GalleryFilter = { everywhere: false, source: "made", kind: "any", text: "" };

const store = createPagedList<GalleryItem, GalleryFilter>({
  filter: everyResult,
  page: 60,
  async ask({ everywhere, source, kind, text }, limit, cursor) {
    const { graph } = graphStore.getState();
    const page = await studio.client.gallery.list({
      ...{ source, limit },
      ...(kind === "any" ? {} : { kind }),
      ...(text.trim() === "" ? {} : { text: text.trim() }),
      ...(cursor === undefined ? {} : { cursor }),
      ...(everywhere || !graph
        ? {}
        : source === "made"
          ? { graphId: graph.id }
          : { among: [...filesIn(graph.nodes.map(({ data }) => data.params)).keys()] }),
    });
    return { items: itemsOf(page), next: page.next };
  },
});

function itemsOf(page: GalleryPage): readonly GalleryItem[] {
  if (page.source === "made") return page.results.map((result) => ({ source: "made", ...result }));
  const names = filesIn((graphStore.getState().graph?.nodes ?? []).map(({ data }) => data.params));
  return page.media.map((media) => ({
    ...{ source: "brought" as const, ...media },
    title: names.get(media.sha256) ?? kindWords[media.kind],
  }));
}

export const kindWords = { image: "Image", video: "Video", audio: "Sound", text: "Text" } as const;

/** Names of the files that some params hold, by hash: of uploads, and of cells in tables. */
function filesIn(value: unknown, found = new Map<string, string>()): ReadonlyMap<string, string> {
  if (Array.isArray(value)) for (const item of value) filesIn(item, found);
  else if (typeof value === "object" && value !== null) {
    if ("sha256" in value && typeof value.sha256 === "string" && "name" in value)
      found.set(value.sha256, String(value.name));
    else for (const child of Object.values(value)) filesIn(child, found);
  }
  return found;
}

/** A list has the beginning of a text alone; this gives it whole, or undefined where it is gone. */
export async function wholeText({ sha256, resultId }: TextItem): Promise<string | undefined> {
  const answer = await called(studio.client.gallery.recipe({ sha256, resultId }));
  if (!answer.ok || answer.value?.kind !== "made" || answer.value.result.kind !== "text") return undefined;
  return answer.value.result.content;
}

export function useGallery<T>(select: (state: PagedList<GalleryItem, GalleryFilter>) => T): T {
  return useStore(store, select);
}

/** Keeps the gallery true while its drawer is open. */
export function watchGallery(): () => void {
  const close = store.getState().open();
  const off = graphStore.subscribe((state, before) => {
    const { filter, clear, refresh } = store.getState();
    if (filter.everywhere || state.graph === before.graph) return;
    const isOther = state.graph?.id !== before.graph?.id;
    if (isOther) clear();
    // What was brought into this graph follows from its nodes.
    if (isOther || (filter.source === "brought" && state.graph?.nodes !== before.graph?.nodes))
      void refresh();
  });
  return () => {
    close();
    off();
  };
}

/** Results came or went. */
export function refreshGallery(): void {
  store.getState().changed();
}
