import { createStore, type StoreApi, useStore } from "zustand";
import type { Connection, StudioInfo } from "../../src/studio/contract.ts";
import { called, studio } from "./studio.ts";

/** What the window knows of the studio behind it and of the server behind that. */
export type ConnectionState = {
  /** Whether the line between window and studio is up. */
  readonly up: boolean;
  /** Whether it has been up once; before that the window is starting, after it reconnecting. */
  readonly everUp: boolean;
  readonly info: StudioInfo | undefined;
  readonly connection: Connection | undefined;
};

export const connectionStore: StoreApi<ConnectionState> = createStore(() => ({
  up: false,
  everUp: false,
  info: undefined,
  connection: undefined,
}));

export function useConnection<T>(select: (state: ConnectionState) => T): T {
  return useStore(connectionStore, select);
}

async function refreshConnection(): Promise<void> {
  const answer = await called(studio.client.connection.get());
  if (answer.ok) connectionStore.setState({ connection: answer.value });
}

/** Keeps the store true for the life of the window. */
export function startConnection(): void {
  studio.onUp((up) => {
    connectionStore.setState((state) => ({ up, everUp: state.everUp || up }));
    if (!up) return;
    void refreshConnection();
    void called(studio.client.studio.info()).then((answer) => {
      if (answer.ok) connectionStore.setState({ info: answer.value });
    });
  });
}
