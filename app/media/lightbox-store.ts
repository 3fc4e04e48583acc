import { createStore } from "zustand";
import type { StoredMedia } from "./media-preview.tsx";

export type LightboxContent =
  | { readonly kind: "media"; readonly media: StoredMedia; readonly title: string }
  | { readonly kind: "text"; readonly text: string; readonly title: string };

export const lightboxStore = createStore<{ readonly content: LightboxContent | undefined }>(() => ({
  content: undefined,
}));

/** Shows media large, with sound and a way to download it. */
export function openLightbox(media: StoredMedia, title: string): void {
  lightboxStore.setState({ content: { kind: "media", media, title } });
}

export function openTextLightbox(text: string, title: string): void {
  lightboxStore.setState({ content: { kind: "text", text, title } });
}

export function closeLightbox(): void {
  lightboxStore.setState({ content: undefined });
}
