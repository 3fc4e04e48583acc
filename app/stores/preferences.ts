import { createStore, type StoreApi, useStore } from "zustand";
import { called, studio } from "./studio.ts";

/** Small settings of the window, kept by the studio so that every port and host sees the same. */
export type PreferencesState = {
  readonly loaded: boolean;
  readonly values: Readonly<Record<string, unknown>>;
};

export const preferencesStore: StoreApi<PreferencesState> = createStore(() => ({
  loaded: false,
  values: {},
}));

export async function loadPreferences(): Promise<void> {
  const answer = await called(studio.client.preferences.get());
  if (answer.ok) preferencesStore.setState({ loaded: true, values: answer.value });
}

/** Shown at once; a failure to keep it costs only the memory of it. */
export function setPreference(name: string, value: unknown): void {
  preferencesStore.setState((state) => ({ values: { ...state.values, [name]: value } }));
  void called(studio.client.preferences.set({ name, value }));
}

/** `parse` gives the default for anything that is not what it expects. */
export function usePreference<T>(name: string, parse: (value: unknown) => T): T {
  return useStore(preferencesStore, (state) => parse(state.values[name]));
}
