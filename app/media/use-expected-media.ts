import { useStore } from "zustand";
import { useShallow } from "zustand/react/shallow";
import { graphViewStore } from "../stores/graph-view.ts";
import { runStore, shownStep } from "../stores/run.ts";
import { type ExpectedMedia, expectedMedia } from "./expected-media.ts";

/** What the node will show, as far as it is known; the same object until that changes. */
export function useExpectedMedia(nodeId: string): ExpectedMedia | undefined {
  const index = useStore(graphViewStore, (view) => view.index);
  return useStore(
    runStore,
    useShallow((state) =>
      index
        ? expectedMedia(nodeId, index, (id) => (id === nodeId ? [] : (shownStep(state, id)?.outputs ?? [])))
        : undefined,
    ),
  );
}
