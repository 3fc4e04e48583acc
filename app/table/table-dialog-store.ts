import { createStore, useStore } from "zustand";

const tableDialogStore = createStore<{ readonly nodeId: string | undefined }>(() => ({ nodeId: undefined }));

/** The Table that is open in the large editor. */
export function useTableDialog(): string | undefined {
  return useStore(tableDialogStore, ({ nodeId }) => nodeId);
}

export function openTableDialog(nodeId: string | undefined): void {
  tableDialogStore.setState({ nodeId });
}
