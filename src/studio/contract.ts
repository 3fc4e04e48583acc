import { catalogueContract } from "./contract/catalogue.ts";
import { connectionContract } from "./contract/connection.ts";
import { documentsContract, filesContract } from "./contract/documents.ts";
import { galleryContract } from "./contract/gallery.ts";
import { historyContract } from "./contract/history.ts";
import { ledgerContract, unaskedContract } from "./contract/posts.ts";
import { graphsContract } from "./contract/preflight.ts";
import { queueContract } from "./contract/queue.ts";
import { runsContract } from "./contract/runs.ts";
import { storageContract } from "./contract/storage.ts";
import { preferencesContract, studioContract } from "./contract/studio.ts";
import { takesContract } from "./contract/takes.ts";

/**
 * What a window or a script can ask of the studio, stated once; its parts, each with its types, are in `contract/`. The
 * Electron app serves it over a MessagePort, the web host over a WebSocket. It imports no implementer.
 *
 * Bytes do not travel here but by plain HTTP requests under `StudioInfo.mediaBase` (see `MediaRoutes`).
 */
export const contract = {
  studio: studioContract,
  connection: connectionContract,
  catalogue: catalogueContract,
  documents: documentsContract,
  files: filesContract,
  graphs: graphsContract,
  runs: runsContract,
  queue: queueContract,
  history: historyContract,
  ledger: ledgerContract,
  unasked: unaskedContract,
  takes: takesContract,
  gallery: galleryContract,
  storage: storageContract,
  preferences: preferencesContract,
};

export type * from "./contract/base.ts";
export type * from "./contract/catalogue.ts";
export type * from "./contract/connection.ts";
export type * from "./contract/documents.ts";
export {
  LARGEST_MESSAGE_BYTES,
  LEAST_DISK_LIMIT_BYTES,
  PROOF_PATH,
  storageClasses,
  WINDOW_PATH_KEY,
} from "./contract/facts.ts";
export type * from "./contract/gallery.ts";
export type * from "./contract/history.ts";
export type * from "./contract/media-value.ts";
export type * from "./contract/posts.ts";
export type * from "./contract/preflight.ts";
export type * from "./contract/queue.ts";
export type * from "./contract/runs.ts";
export type * from "./contract/storage.ts";
export type * from "./contract/studio.ts";
export type * from "./contract/takes.ts";
