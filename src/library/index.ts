/** The library's entrance for the rooms that ask it. `open.ts` opens one. */
export { diskUseOf, removePreview } from "./files/disk-use.ts";
export { bytesOf } from "./files/media-files.ts";
export { PRIVATE_FILE, PRIVATE_FOLDER } from "./files/private-files.ts";
export type { DocumentRow } from "./ports/documents.ts";
export { asLibraryFailure, LibraryFailure, libraryFailure } from "./ports/failure.ts";
export type { GalleryRow, ResultNote, ResultPlace } from "./ports/gallery.ts";
export type { JournalRow } from "./ports/journal.ts";
export type { LedgerPlace, LedgerRow, LedgerRowId } from "./ports/ledger.ts";
export type { Library } from "./ports/library.ts";
export type { MediaFacts } from "./ports/media.ts";
export type { TakenBytes, TakeOptions } from "./ports/media-files.ts";
export type { FoundRun, OutsideRun, RunPlace, RunTotals } from "./ports/run-history.ts";
export { DAMAGED, type RunProgress, type RunRow } from "./ports/runs.ts";
export type { Settings } from "./ports/settings.ts";
export type { TakeRow, TakeRowChange } from "./ports/takes.ts";
