import { useStore } from "zustand";
import type { StepState } from "../../src/engine/run-state.ts";
import type { GraphNode } from "../../src/graph/schema.ts";
import { MediaPreview } from "../media/media-preview.tsx";
import type { StoredMedia } from "../media/stored-media.ts";
import { TextPreview } from "../media/text-preview.tsx";
import { runStore, useShownSteps } from "../stores/run.ts";
import { itemKey, mediaOfTake, textOfTake } from "../takes/take-choice.ts";
import { TakesStepper } from "../takes/takes-stepper.tsx";
import { useTakes } from "../takes/takes-store.ts";
import { dateTime, duration, money } from "../words/amounts.ts";
import { postAddress } from "../words/post-address.ts";
import { shownCost } from "../words/shown-cost.ts";
import { postedMedia, shownMedia, shownText } from "./card-media.ts";
import styles from "./card-result.module.css";
import { Standing } from "./card-standing.tsx";

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
  const isChosen = chosen !== undefined && chosen !== step?.takeId;
  if (!step && !isChosen) return null;
  return (
    <>
      {isChosen ? (
        <ChosenTake nodeId={node.id} takeId={chosen} title={title} />
      ) : (
        step && <Preview node={node} title={title} step={step} />
      )}
      {step && <Standing step={step} />}
      <Footer node={node} step={step} isChosen={isChosen} item={item} />
    </>
  );
}

function ChosenTake({
  nodeId,
  takeId,
  title,
}: {
  readonly nodeId: string;
  readonly takeId: string;
  readonly title: string;
}) {
  const take = useTakes(nodeId).find((each) => each.takeId === takeId);
  return <Shown media={take && mediaOfTake(take)} text={take && textOfTake(take)} title={title} />;
}

function Preview({ node, title, step }: CardResultProps & { readonly step: StepState }) {
  // An Upload shows its file in its field, and a text that a person wrote needs no second showing.
  if (node.type === "upload" || node.type === "prompt") return null;
  if (node.type === "publish") return <Posted node={node} step={step} title={title} />;
  const media = shownMedia(node, step);
  const text = shownText(step);
  if (media || text !== undefined) return <Shown media={media} text={text} title={title} />;
  const ratio = step.status.kind === "running" ? expectedRatio(node) : undefined;
  return ratio ? <div className={styles["expected"]} style={{ aspectRatio: ratio }} /> : null;
}

function Posted({ node, step, title }: CardResultProps & { readonly step: StepState }) {
  const media = useStore(runStore, ({ run }) => postedMedia(node, step, run));
  return <Shown media={media} text={undefined} title={title} />;
}

type ShownProps = {
  readonly media: StoredMedia | undefined;
  readonly text: string | undefined;
  readonly title: string;
};

function Shown({ media, text, title }: ShownProps) {
  if (media)
    return (
      <div className={`${styles["preview"]} nodrag`}>
        <MediaPreview media={media} title={title} />
      </div>
    );
  if (text !== undefined)
    return (
      <div className={`${styles["preview"]} nodrag`}>
        <TextPreview text={text} title={title} />
      </div>
    );
  return null;
}

/** The room a picture or clip will take, where its params say so. */
function expectedRatio({ type, data }: GraphNode): string | undefined {
  if (type !== "generate") return undefined;
  const { family, modelParams } = data.params;
  if (family !== "image" && family !== "video") return undefined;
  const given = modelParams && typeof modelParams === "object" && "aspectRatio" in modelParams;
  const match = given ? /^(\d+):(\d+)$/.exec(String(modelParams.aspectRatio)) : null;
  return match ? `${match[1]} / ${match[2]}` : "16 / 9";
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
  if (step?.status.kind === "running" || step?.status.kind === "waiting") return null;
  const shown = isChosen ? "flows on from the next run" : step ? factsOf(step) : "";
  const permalink = step?.permalink;
  const varies = node.type === "generate";
  const scheduledFor = step?.scheduledFor;
  if (shown === "" && !permalink && !varies && scheduledFor === undefined) return null;
  return (
    <footer className={styles["footer"]}>
      <span>{shown}</span>
      {permalink && <Post permalink={permalink} />}
      {scheduledFor !== undefined && <span>Scheduled for {dateTime(scheduledFor)}</span>}
      {varies && <TakesStepper node={node} steps={steps} item={item} />}
    </footer>
  );
}

function factsOf(step: StepState): string {
  const { status, startedAt, endedAt, savedMicrodollars } = step;
  if (status.kind === "succeeded" && status.cached)
    return savedMicrodollars ? `cached · saved ${money(savedMicrodollars)}` : "cached";
  const tookMs = startedAt === undefined || endedAt === undefined ? 0 : endedAt - startedAt;
  return [tookMs >= NOTICED_MS && duration(tookMs), shownCost(step)].filter(Boolean).join(" · ");
}

function Post({ permalink }: { readonly permalink: string }) {
  const address = postAddress(permalink);
  if (!address) return <span>Posted in the sandbox</span>;
  return (
    <a className="nodrag" href={address} target="_blank" rel="noreferrer">
      See the post
    </a>
  );
}
