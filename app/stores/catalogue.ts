import { createStore, type StoreApi, useStore } from "zustand";
import { builtInCatalogue } from "../../src/nodes/catalogue-data.ts";
import type { Catalogue } from "../../src/nodes/definition/catalogue.ts";
import { called, studio } from "./studio.ts";

/** The model catalogue of the server chosen now; the built-in one until the studio answers. */
export const catalogueStore: StoreApi<Catalogue> = createStore(() => builtInCatalogue);

export function useCatalogue(): Catalogue {
  return useStore(catalogueStore);
}

export async function refreshCatalogue(): Promise<void> {
  const answer = await called(studio.client.catalogue.get());
  if (answer.ok) catalogueStore.setState(answer.value, true);
}
