import { createStore, type StoreApi, useStore } from "zustand";
import type { PostingAccount } from "../../src/studio/contract.ts";
import { type CallFailure, called, studio } from "./studio.ts";

/** The connected accounts of the server chosen now. None is ever picked by default. */
export type AccountsState = {
  readonly phase: "unknown" | "loading" | "loaded" | "failed";
  readonly accounts: readonly PostingAccount[];
  readonly failure: CallFailure | undefined;
};

const accountsStore: StoreApi<AccountsState> = createStore(() => ({
  phase: "unknown",
  accounts: [],
  failure: undefined,
}));

export function useAccounts<T>(select: (state: AccountsState) => T): T {
  return useStore(accountsStore, select);
}

export async function refreshAccounts(): Promise<void> {
  accountsStore.setState({ phase: "loading" });
  const answer = await called(studio.client.catalogue.accounts());
  accountsStore.setState(
    answer.ok
      ? { phase: "loaded", accounts: answer.value, failure: undefined }
      : { phase: "failed", failure: answer.failure },
  );
}

/** Another server has other accounts: they are asked for when they are next shown. */
export function forgetAccounts(): void {
  accountsStore.setState({ phase: "unknown", accounts: [], failure: undefined });
}
