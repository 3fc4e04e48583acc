import { Check } from "lucide-react";
import { type KeyboardEvent, useRef } from "react";
import type { Take } from "../../src/engine/record.ts";
import { useGraph } from "../stores/graph.ts";
import { mediaUrl, posterUrl } from "../stores/media-urls.ts";
import { useShownSteps } from "../stores/run.ts";
import { type Comparison, shellStore, useShell } from "../stores/shell.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Select } from "../ui/select.tsx";
import { ago, duration, money } from "../words/words.ts";
import styles from "./compare-dialog.module.css";
import { currentTakeId, differences, mediaOfTake, textOfTake } from "./take-choice.ts";
import { chooseTake } from "./take-edits.ts";

/** Begins with the take that flows on, beside the newest of the others. */
export function openCompare(of: {
  readonly nodeId: string;
  readonly title: string;
  readonly item: string;
  readonly takes: readonly Take[];
  readonly left: Take | undefined;
}): void {
  const { left, ...rest } = of;
  const right = of.takes.findLast((take) => take !== left);
  if (left && right) shellStore.setState({ comparison: { ...rest, left: left.takeId, right: right.takeId } });
}

/** Two takes side by side, what was asked for differently, and which of them is to flow on. */
export function CompareDialog() {
  const comparison = useShell((state) => state.comparison);
  return (
    <Dialog
      open={comparison !== undefined}
      onClose={() => shellStore.setState({ comparison: undefined })}
      full
      title={`Takes of “${comparison?.title ?? ""}”`}
    >
      {comparison && <Sides comparison={comparison} />}
    </Dialog>
  );
}

function Sides({ comparison }: { readonly comparison: Comparison }) {
  const { takes } = comparison;
  const videos = useRef<{ left?: HTMLVideoElement | null; right?: HTMLVideoElement | null }>({});
  const left = takes.find(({ takeId }) => takeId === comparison.left);
  const right = takes.find(({ takeId }) => takeId === comparison.right);
  if (!left || !right) return null;
  const changed = differences(left, right);
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by === undefined || event.target !== event.currentTarget) return;
    const next = takes[(takes.indexOf(right) + by + takes.length) % takes.length];
    if (next) putBeside("right", next.takeId);
    event.preventDefault();
  };
  /** Both clips show the same moment, so that motion can be compared too. */
  const together = (side: "left" | "right") => ({
    ref: (video: HTMLVideoElement | null) => {
      videos.current[side] = video;
    },
    ...(side === "left"
      ? {
          onPlay: () => void videos.current.right?.play().catch(() => undefined), // it may not be loaded yet
          onPause: () => videos.current.right?.pause(),
          onSeeked: () => {
            const { left: from, right: to } = videos.current;
            if (from && to) to.currentTime = from.currentTime;
          },
        }
      : { muted: true }),
  });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: its arrows change what stands on the right
    <section className={styles["compare"]} tabIndex={0} onKeyDown={onKeyDown} aria-label="Two takes">
      <div className={styles["sides"]}>
        <Side comparison={comparison} side="left" take={left} video={together("left")} />
        <Side comparison={comparison} side="right" take={right} video={together("right")} />
      </div>
      {changed.length > 0 ? (
        <table className={styles["changed"]}>
          <caption>Asked for differently</caption>
          <tbody>
            {changed.map(({ name, values }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{values[0]}</td>
                <td>{values[1]}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <p className={styles["same"]}>Both were asked for in the same words, with the same settings.</p>
      )}
    </section>
  );
}

type SideProps = {
  readonly comparison: Comparison;
  readonly side: "left" | "right";
  readonly take: Take;
  readonly video: React.ComponentProps<"video">;
};

function Side({ comparison: { nodeId, item, takes }, side, take, video }: SideProps) {
  const node = useGraph(({ graph }) => graph?.nodes.find(({ id }) => id === nodeId));
  const steps = useShownSteps(nodeId);
  const flowsOn = node !== undefined && currentTakeId(node, steps, item) === take.takeId;
  const number = takes.indexOf(take) + 1;
  return (
    <figure className={styles["side"]}>
      <Shown take={take} title={`Take ${number}`} video={video} />
      <figcaption>
        <Select
          label={side === "left" ? "Left" : "Right"}
          size="small"
          value={take.takeId}
          options={takes.map(({ takeId }, index) => ({ value: takeId, label: `Take ${index + 1}` }))}
          onChange={(takeId) => putBeside(side, takeId)}
        />
        <span>
          {[
            ago(take.madeAt, Date.now()),
            duration(take.madeAt - take.startedAt),
            take.estimateMicrodollars !== undefined && money(take.estimateMicrodollars),
          ]
            .filter(Boolean)
            .join(" · ")}
        </span>
        {flowsOn ? (
          <span className={styles["flows"]}>
            <Check size={12} /> Flows on
          </span>
        ) : (
          <Button size="small" look="primary" onClick={() => chooseTake(nodeId, item, take.takeId)}>
            Use take {number}
          </Button>
        )}
      </figcaption>
    </figure>
  );
}

function Shown({
  take,
  title,
  video,
}: {
  readonly take: Take;
  readonly title: string;
  readonly video: React.ComponentProps<"video">;
}) {
  const media = mediaOfTake(take);
  if (!media) return <p className={styles["text"]}>{textOfTake(take) ?? "Its file is not here."}</p>;
  switch (media.kind) {
    case "image":
      return <img src={mediaUrl(media.sha256)} alt={title} draggable={false} />;
    case "video":
      return (
        <video
          src={mediaUrl(media.sha256)}
          poster={posterUrl(media.sha256)}
          controls
          loop
          playsInline
          {...video}
        />
      );
    case "audio":
      return (
        // biome-ignore lint/a11y/useMediaCaption: generated media has no captions to show
        <audio src={mediaUrl(media.sha256)} controls />
      );
    default:
      return media.kind satisfies never;
  }
}

function putBeside(side: "left" | "right", takeId: string): void {
  const { comparison } = shellStore.getState();
  if (comparison) shellStore.setState({ comparison: { ...comparison, [side]: takeId } });
}
