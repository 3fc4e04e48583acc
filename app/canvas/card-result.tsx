import { useStore } from "zustand";
import { endedBadly, isPost, isReused, isUnderWay, type StepState } from "../../src/engine/record.ts";
import type { GraphNode } from "../../src/graph/document/schema.ts";
import { isMedia } from "../../src/nodes/definition/work.ts";
import { definitionOf, isNodeType, workKindOf } from "../../src/nodes/definitions.ts";
import { type ExpectedMedia, pictureSource } from "../media/expected-media.ts";
import { DEFAULT_RATIO, MediaPreview } from "../media/media-preview.tsx";
import { TextPreview } from "../media/text-preview.tsx";
import { useExpectedMedia } from "../media/use-expected-media.ts";
import { graphViewStore } from "../stores/graph-view.ts";
import { runStore, useShownSteps } from "../stores/run.ts";
import { itemKey, takesOfItem } from "../takes/take-choice.ts";
import { TakesStepper } from "../takes/takes-stepper.tsx";
import { useTakes } from "../takes/takes-store.ts";
import { postAddress } from "../words/post-address.ts";
import { shownCost } from "../words/shown-cost.ts";
import { duration, t } from "../words/words.ts";
import { postedMedia, type ShownResult, shownResults } from "./card-media.ts";
import styles from "./card-result.module.css";
import { CardStatus } from "./card-status.tsx";

export type CardResultProps = {
  readonly node: GraphNode;
  readonly title: string;
  readonly step: StepState | undefined;
};

/** What the run on show made of the node: its preview, its state with what to do, and what it took. */
export function CardResult({ node, title, step }: CardResultProps) {
  const item = itemKey(step?.itemPath ?? []);
  const chosen = node.data.takes?.[item];
  // A take that was chosen since is what the next run lets flow on, so it is what the card shows.
  const chosenId = chosen !== step?.takeId ? chosen : undefined;
  if (!step && chosenId === undefined) return null;
  return (
    <>
      {showsPreview(node) && (
        <Preview node={node} title={title} step={step} item={item} chosenId={chosenId} />
      )}
      {step && <CardStatus step={step} />}
      <Footer node={node} step={step} isChosen={chosenId !== undefined} item={item} />
    </>
  );
}

/** An Upload shows its file in its field, and a text that a person wrote needs no second showing. */
function showsPreview({ type }: GraphNode): boolean {
  return !(isNodeType(type) && definitionOf(type).showsOwn);
}

type PreviewProps = CardResultProps & {
  readonly item: string;
  readonly chosenId: string | undefined;
};

function Preview({ node, title, step, item, chosenId }: PreviewProps) {
  const posted = useStore(runStore, ({ run }) => postedMedia(node, step, run));
  const index = useStore(graphViewStore, (view) => view.index);
  const sourceId = isPost(node) && index ? pictureSource(node.id, index) : undefined;
  const takes = takesOfItem(useTakes(sourceId ?? node.id), item);
  const expected = useExpectedMedia(node.id);

  const chosen = takes.find(({ takeId }) => takeId === chosenId);
  if (chosenId !== undefined) return <Shown results={shownResults(chosen?.outputs ?? [])} title={title} />;
  const results = posted ? [{ portId: "", media: posted }] : shownResults(step?.outputs ?? []);
  if (results.length > 0) return <Shown results={results} title={title} />;

  const kind = step?.status.kind;
  if (!step || kind === undefined) return null;
  // Done at the server, and its bytes are still on their way.
  const isComing =
    isUnderWay(kind) || (kind === "succeeded" && step.outputs.some(({ value }) => isMedia(value)));
  if (!isComing && !endedBadly(kind)) return null;
  const earlier = takes
    .map((take) => shownResults(take.outputs).filter(({ media }) => media || !isPost(node)))
    .findLast((each) => each.length > 0);
  if (earlier) return <Shown results={earlier} title={title} ratio={expected?.ratio} isEarlier />;
  return isComing && expected ? <Room {...expected} /> : null;
}

/** The room that a result will take. */
function Room({ kind, ratio = DEFAULT_RATIO }: ExpectedMedia) {
  return (
    <div
      className={styles["room"]}
      data-kind={kind}
      style={kind === "image" || kind === "video" ? { aspectRatio: ratio } : undefined}
    />
  );
}

type ShownProps = {
  /** By port, in the order of the node's outputs. */
  readonly results: readonly ShownResult[];
  readonly title: string;
  readonly ratio?: number | undefined;
  /** Of an earlier run: dimmed, until the new one is there. */
  readonly isEarlier?: boolean;
};

function Shown({ results, title, ratio, isEarlier = false }: ShownProps) {
  return results.map(({ portId, media, text = "" }) => (
    <div key={portId} className={`${styles["preview"]} nodrag`} data-earlier={isEarlier ? "" : undefined}>
      {media ? (
        <MediaPreview media={media} title={title} ratio={ratio} />
      ) : (
        <TextPreview text={text} title={title} />
      )}
    </div>
  ));
}

/** What took less was done at once, and is not worth a line. */
const NOTICED_MS = 100;

type FooterProps = {
  readonly node: GraphNode;
  readonly step: StepState | undefined;
  readonly isChosen: boolean;
  readonly item: string;
};

/** What it took, once it has ended, and which of its takes it is. */
function Footer({ node, step, isChosen, item }: FooterProps) {
  const steps = useShownSteps(node.id);
  if (step && isUnderWay(step.status.kind)) return null;
  const shown = isChosen ? t("canvas.flowsOn") : step ? factsOf(step) : "";
  const permalink = step?.permalink;
  const varies = workKindOf(node.type) === "generate";
  const scheduledFor = step?.scheduledFor;
  // What is done keeps the line that it had under way; what came to nothing has said so in it.
  const isDone = step?.status.kind === "succeeded";
  if (shown === "" && !permalink && !varies && !isDone && scheduledFor === undefined) return null;
  return (
    <footer className={styles["footer"]}>
      <span>{shown || (isDone && t("canvas.done"))}</span>
      {permalink && <Post permalink={permalink} />}
      {scheduledFor !== undefined && <span>{t("canvas.scheduledFor", { at: scheduledFor })}</span>}
      {varies && <TakesStepper node={node} steps={steps} item={item} />}
    </footer>
  );
}

function factsOf(step: StepState): string {
  const { startedAt, endedAt, savedMicrodollars } = step;
  if (isReused(step))
    return savedMicrodollars ? t("canvas.cachedSaved", { saved: savedMicrodollars }) : t("canvas.cached");
  const tookMs = startedAt === undefined || endedAt === undefined ? 0 : endedAt - startedAt;
  return [tookMs >= NOTICED_MS && duration(tookMs), shownCost(step)].filter(Boolean).join(" · ");
}

function Post({ permalink }: { readonly permalink: string }) {
  const address = postAddress(permalink);
  if (!address) return <span>{t("canvas.postedInSandbox")}</span>;
  return (
    <a className="nodrag" href={address} target="_blank" rel="noreferrer">
      {t("canvas.seePost")}
    </a>
  );
}
