/** Opens a library, and brings over what is left of a damaged one. Behind it stands SQLite. */
export { openLibrary } from "./sqlite/library.ts";
export { type SalvageReport, salvageLibrary } from "./sqlite/salvage.ts";
