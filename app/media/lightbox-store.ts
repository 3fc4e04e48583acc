import { createStore } from "zustand";
import type { StoredMedia } from "./stored-media.ts";

export type LightboxContent =
  | {
      readonly kind: "media";
      readonly media: StoredMedia;
      readonly title: string;
      /** Which result of the gallery it is; without it the latest one with these bytes. */
      readonly resultId?: number;
    }
  | {
      readonly kind: "text";
      readonly text: string;
      readonly title: string;
      /** Which result of the gallery it is, where it was opened from there. */
      readonly result?: ShownResult;
    };

export type ShownResult = { readonly sha256: string; readonly resultId?: number | undefined };

type LightboxState = {
  readonly content: LightboxContent | undefined;
  /** What was shown before an input of it was followed; the last is what Back leads to. */
  readonly trail: readonly LightboxContent[];
};

export const lightboxStore = createStore<LightboxState>(() => ({ content: undefined, trail: [] }));

/** Shows media large, with sound, its recipe and a way to download it. */
export function openLightbox(media: StoredMedia, title: string, resultId?: number): void {
  lightboxStore.setState({ content: mediaContent(media, title, resultId), trail: [] });
}

/** Goes on from what is shown to something it was made from. */
export function followInLightbox(media: StoredMedia, title: string): void {
  const { content, trail } = lightboxStore.getState();
  lightboxStore.setState({
    content: mediaContent(media, title),
    trail: content ? [...trail, content] : trail,
  });
}

export function backInLightbox(): void {
  const { trail } = lightboxStore.getState();
  lightboxStore.setState({ content: trail.at(-1), trail: trail.slice(0, -1) });
}

export function openTextLightbox(text: string, title: string, result?: ShownResult): void {
  lightboxStore.setState({
    content: { kind: "text", text, title, ...(result ? { result } : {}) },
    trail: [],
  });
}

export function closeLightbox(): void {
  lightboxStore.setState({ content: undefined, trail: [] });
}

function mediaContent(media: StoredMedia, title: string, resultId?: number): LightboxContent {
  return { kind: "media", media, title, ...(resultId === undefined ? {} : { resultId }) };
}
