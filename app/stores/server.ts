import { createStore, type StoreApi, useStore } from "zustand";
import { builtInCatalogue } from "../../src/nodes/catalogue-data.ts";
import type { Catalogue } from "../../src/nodes/definition/catalogue.ts";
import type { Connection, PostingAccount, StudioInfo } from "../../src/studio/contract.ts";
import { type CallFailure, called, studio } from "./studio.ts";

/** What the window knows of the studio behind it, of the server behind that, and of what this server has. */
export type ServerState = {
  /** Whether the line between window and studio is up. */
  readonly up: boolean;
  /** Whether it has been up once; before that the window is starting, after it reconnecting. */
  readonly everUp: boolean;
  readonly info: StudioInfo | undefined;
  readonly connection: Connection | undefined;
  /** The models of the server chosen now; the built-in ones until the studio answers. */
  readonly catalogue: Catalogue;
  /** The connected accounts of the server chosen now. None is ever picked by default. */
  readonly accounts: Accounts;
};

type Accounts = {
  readonly phase: "unknown" | "loading" | "loaded" | "failed";
  readonly found: readonly PostingAccount[];
  readonly failure: CallFailure | undefined;
};

const unknownAccounts: Accounts = { phase: "unknown", found: [], failure: undefined };

export const serverStore: StoreApi<ServerState> = createStore(() => ({
  up: false,
  everUp: false,
  info: undefined,
  connection: undefined,
  catalogue: builtInCatalogue,
  accounts: unknownAccounts,
}));

export function useServer<T>(select: (state: ServerState) => T): T {
  return useStore(serverStore, select);
}

export function useCatalogue(): Catalogue {
  return useServer(({ catalogue }) => catalogue);
}

/** The catalogue as it is now. */
export function catalogueNow(): Catalogue {
  return serverStore.getState().catalogue;
}

export function useAccounts<T>(select: (accounts: Accounts) => T): T {
  return useServer(({ accounts }) => select(accounts));
}

/** Keeps the store true for the life of the window. */
export function startServer(): void {
  studio.onUp((up) => {
    serverStore.setState((state) => ({ up, everUp: state.everUp || up }));
    if (!up) return;
    void called(studio.client.connection.get()).then((answer) => {
      if (answer.ok) serverStore.setState({ connection: answer.value });
    });
    void called(studio.client.studio.info()).then((answer) => {
      if (answer.ok) serverStore.setState({ info: answer.value });
    });
  });
}

export async function refreshCatalogue(): Promise<void> {
  const answer = await called(studio.client.catalogue.get());
  if (answer.ok) serverStore.setState({ catalogue: answer.value });
}

export async function refreshAccounts(): Promise<void> {
  serverStore.setState(({ accounts }) => ({ accounts: { ...accounts, phase: "loading" } }));
  const answer = await called(studio.client.catalogue.accounts());
  serverStore.setState(({ accounts }) => ({
    accounts: answer.ok
      ? { phase: "loaded", found: answer.value, failure: undefined }
      : { ...accounts, phase: "failed", failure: answer.failure },
  }));
}

/** Another server has other accounts: they are asked for when they are next shown. */
export function forgetAccounts(): void {
  serverStore.setState({ accounts: unknownAccounts });
}
