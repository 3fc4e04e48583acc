import { serverStore } from "./server.ts";

/** Addresses of the studio's media routes; see `MediaRoutes` in the contract. Windows never get the server's own. */
const base = (): string => serverStore.getState().info?.mediaBase ?? ".";

export const mediaUrl = (sha256: string): string => `${base()}/media/${sha256}`;
export const posterUrl = (sha256: string): string => `${base()}/media/${sha256}/poster`;
export const waveformUrl = (sha256: string): string => `${base()}/media/${sha256}/waveform`;
export const downloadUrl = (sha256: string, name: string): string =>
  `${base()}/media/${sha256}?download=${encodeURIComponent(name)}`;
export const importUrl = (name: string): string => `${base()}/import?name=${encodeURIComponent(name)}`;
