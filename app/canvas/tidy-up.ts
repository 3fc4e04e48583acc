import ELK, { type ElkNode } from "elkjs/lib/elk-api.js";
import workerUrl from "elkjs/lib/elk-worker.min.js?url";
import { createStore, useStore } from "zustand";
import { messageOf } from "../../src/base/errors.ts";
import type { Graph } from "../../src/graph/document/schema.ts";
import { graphStore } from "../stores/graph.ts";
import { sizeNow } from "../stores/node-boxes.ts";
import { boxAround, boxesOf } from "../stores/placement.ts";
import { keepPlaces, shownNodes } from "../stores/places.ts";
import { stage } from "../stores/stage.ts";
import { closeToast, toast } from "../ui/toasts.tsx";
import { t } from "../words/words.ts";
import { type TidyTask, tidyEdits, tidyTask } from "./tidy-layout.ts";

type Tidying = {
  /** How to give up the layout that is under way. */
  readonly stop: (() => void) | undefined;
  /** Made at first use: the worker is 1.6 MB. It is kept, because a warm one answers many times sooner. */
  readonly elk: InstanceType<typeof ELK> | undefined;
};

const tidyingStore = createStore<Tidying>(() => ({ stop: undefined, elk: undefined }));

export function useTidying(): boolean {
  return useStore(tidyingStore, ({ stop }) => stop !== undefined);
}

export function stopTidying(): void {
  tidyingStore.getState().stop?.();
}

const TOAST = "tidying";

/** Sooner than that nothing has to be said. */
const SAID_AFTER_MS = 400;

/**
 * Lays the selection or the graph out from left to right, groups kept together. It is worked out beside the window, so
 * that everything else goes on; Escape gives it up. One undo step.
 */
export async function tidyUp(): Promise<void> {
  const { graph, selectedNodeIds } = graphStore.getState();
  if (!graph || tidyingStore.getState().stop) return;
  const task = tidyTask(shownNodes(graph.nodes), graph.edges, selectedNodeIds, sizeNow);
  if (!task) return;
  try {
    const answer = await askLayout(task);
    // Another document may be on show by now.
    if (answer && graphStore.getState().graph?.id === graph.id) carryOut(task, answer, graph);
  } catch (error) {
    toast({
      title: t("canvas.tidyFailed"),
      description: t("canvas.nothingMoved", { why: messageOf(error, t("canvas.layoutStopped")) }),
      look: "danger",
    });
  }
}

/** `undefined` when a person gave it up. */
function askLayout({ question, nodes, isPart, roots }: TidyTask): Promise<ElkNode | undefined> {
  const asked = tidyingStore.getState().elk ?? new ELK({ workerUrl });
  const given = Promise.withResolvers<undefined>();
  const stop = () => {
    // A layout that is under way hears nothing; only its worker can be ended.
    asked.terminateWorker();
    tidyingStore.setState({ elk: undefined });
    given.resolve(undefined);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    stop();
  };
  const timer = setTimeout(() => {
    toast({
      id: TOAST,
      title: t("canvas.tidyingUp", { nodes: isPart ? roots.length : nodes.length }),
      action: { label: t("canvas.cancel"), onPress: stop },
    });
  }, SAID_AFTER_MS);
  document.addEventListener("keydown", onKeyDown, { capture: true });
  tidyingStore.setState({ stop, elk: asked });
  return Promise.race([asked.layout(question), given.promise]).finally(() => {
    clearTimeout(timer);
    closeToast(TOAST);
    document.removeEventListener("keydown", onKeyDown, { capture: true });
    tidyingStore.setState({ stop: undefined });
  });
}

function carryOut(task: TidyTask, answer: ElkNode, asked: Graph): void {
  const { graph, edit } = graphStore.getState();
  if (!graph) return;
  const before = new Map(asked.nodes.map((node) => [node.id, node]));
  const now = new Map(graph.nodes.map((node) => [node.id, node]));
  const isAsItWas = (nodeId: string) => {
    const [then, here] = [before.get(nodeId), now.get(nodeId)];
    return here !== undefined && then?.position === here.position && then.parentId === here.parentId;
  };
  const merge = crypto.randomUUID();
  const move = () => {
    keepPlaces(merge);
    for (const each of tidyEdits(task, answer, isAsItWas)) edit(each, { merge });
  };
  const place = stage();
  if (place) place.glide(move);
  else move();
  const after = boxesOf(graphStore.getState().graph?.nodes ?? [], sizeNow);
  const seen = (task.isPart ? task.roots.map(({ id }) => id) : [...after.keys()]).flatMap(
    (id) => after.get(id) ?? [],
  );
  if (seen.length === 0) return;
  if (task.isPart) place?.reveal(boxAround(seen));
  else place?.fitBox(boxAround(seen));
}
