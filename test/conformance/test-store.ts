import type { Library } from "../../src/library/index.ts";

/** A way to keep a library. Each opening counts as a process of its own, until it is closed. */
export type TestStore = { readonly name: string; open(folder: string): Promise<Library> };
