/** The library's entrance for the rooms that ask it. `open.ts` opens one. */
export { diskUseOf, removePreview } from "./files/disk-use.ts";
export { bytesOf, type TakenBytes, type TakeOptions } from "./files/media-files.ts";
export { PRIVATE_FILE, PRIVATE_FOLDER } from "./files/private-files.ts";
export { asLibraryFailure, LibraryFailure, libraryFailure } from "./ports/failure.ts";
export type { DocumentRow } from "./sqlite/documents.ts";
export type { GalleryRow, ResultNote, ResultPlace } from "./sqlite/gallery.ts";
export type { JournalRow } from "./sqlite/journal.ts";
export type { LedgerPlace, LedgerRow, LedgerRowId } from "./sqlite/ledger.ts";
export type { Library } from "./sqlite/library.ts";
export type { MediaFacts } from "./sqlite/media.ts";
export type { FoundRun, OutsideRun, RunGlance, RunPlace } from "./sqlite/run-history.ts";
export type { RunRow } from "./sqlite/run-row.ts";
export type { RunProgress } from "./sqlite/runs.ts";
export { DAMAGED, isLedgerLost } from "./sqlite/salvage.ts";
export type { Settings } from "./sqlite/settings.ts";
export type { TakeRow, TakeRowChange } from "./sqlite/takes.ts";
