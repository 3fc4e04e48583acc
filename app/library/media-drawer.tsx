import { AudioLines } from "lucide-react";
import { useMemo, useState } from "react";
import type { UploadFile } from "../../src/graph/files.ts";
import type { MediaValue } from "../../src/nodes/work.ts";
import { setDragData } from "../canvas/drag-data.ts";
import { focusNode } from "../focus-node.ts";
import { posterUrl } from "../media-urls.ts";
import { useGraph } from "../stores/graph.ts";
import { useRun } from "../stores/run.ts";
import { Segmented } from "../ui/segmented.tsx";
import { duration } from "../words.ts";
import styles from "./media-drawer.module.css";

type Item = { readonly file: UploadFile; readonly nodeId: string; readonly title: string };
type Kind = "all" | UploadFile["kind"];

/** Media of this graph, its uploads and the results of the run on show; dragged onto the canvas it is an Upload. */
export function MediaDrawer() {
  const [kind, setKind] = useState<Kind>("all");
  const items = useItems().filter(({ file }) => kind === "all" || file.kind === kind);
  return (
    <>
      <div className={styles["filter"]}>
        <Segmented
          label="Kind of media"
          value={kind}
          onChange={setKind}
          options={[
            { value: "all", label: "All" },
            { value: "image", label: "Images" },
            { value: "video", label: "Video" },
            { value: "audio", label: "Audio" },
          ]}
        />
      </div>
      {items.length === 0 ? (
        <p className={styles["empty"]}>
          Results of a run appear here. Drag one onto the canvas to use it as an upload.
        </p>
      ) : (
        <ul className={styles["grid"]} aria-label="Media">
          {items.map((item) => (
            <li key={`${item.nodeId}:${item.file.sha256}`}>
              <Tile item={item} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Tile({ item }: { readonly item: Item }) {
  const { file, nodeId, title } = item;
  return (
    <button
      type="button"
      draggable
      className={styles["tile"]}
      aria-label={`${title}, ${file.kind}`}
      onDragStart={(event) => setDragData(event.dataTransfer, { kind: "file", file })}
      onClick={() => focusNode(nodeId)}
    >
      <span className={styles["picture"]}>
        {file.kind === "audio" ? (
          <AudioLines size={20} />
        ) : (
          <img src={posterUrl(file.sha256)} alt="" loading="lazy" draggable={false} />
        )}
        {file.durationMs !== undefined && <span className={styles["time"]}>{duration(file.durationMs)}</span>}
      </span>
      <span className={styles["title"]}>{title}</span>
    </button>
  );
}

function useItems(): readonly Item[] {
  const nodes = useGraph((state) => state.graph?.nodes);
  const run = useRun((state) => state.run);
  return useMemo(() => {
    const made = [...(run?.steps.values() ?? [])].flatMap((step) =>
      step.outputs.flatMap(({ value }): Item[] => {
        const file = value.type === "media" ? fileOf(value, step.title) : undefined;
        return file ? [{ file, nodeId: step.nodeId, title: step.title }] : [];
      }),
    );
    const uploaded = (nodes ?? []).flatMap(({ id, type, data }): Item[] => {
      const file = data.params["file"];
      if (type !== "upload" || !isFile(file)) return [];
      return [{ file, nodeId: id, title: data.title ?? file.name }];
    });
    const seen = new Set<string>();
    return [...made.reverse(), ...uploaded].filter(({ file }) => {
      if (seen.has(file.sha256)) return false;
      seen.add(file.sha256);
      return true;
    });
  }, [nodes, run]);
}

function fileOf(value: MediaValue, title: string): UploadFile | undefined {
  const { sha256, kind, mimeType, sizeBytes, width, height, durationMs } = value;
  if (sha256 === undefined || mimeType === undefined || sizeBytes === undefined) return undefined;
  return {
    name: `${title}.${mimeType.split("/")[1] ?? "bin"}`,
    ...{ sha256, kind, mimeType, sizeBytes },
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    ...(durationMs === undefined ? {} : { durationMs }),
  };
}

/** Params of an opened graph are unknown until the definition parsed them; here it only has to be a file at all. */
function isFile(value: unknown): value is UploadFile {
  return (
    typeof value === "object" && value !== null && "sha256" in value && "kind" in value && "name" in value
  );
}
