import { AudioLines, FileUp, RefreshCw, X } from "lucide-react";
import { useId, useState } from "react";
import type { UploadFile } from "../../../src/graph/document/files.ts";
import type { Refusal } from "../../../src/studio/contract.ts";
import { useCommands } from "../../stores/commands.ts";
import { posterUrl } from "../../stores/media-urls.ts";
import { namesOf, tellNotTaken } from "../../stores/not-taken.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { duration, size, told } from "../../words/words.ts";
import type { ControlProps } from "./control.ts";
import styles from "./file-control.module.css";

/** An Upload's file: picked or dropped, taken into the library at once, with how far it is. */
export function FileControl({ field, value, onChange, disabled }: ControlProps<"file">) {
  const { importFile } = useCommands();
  const [progress, setProgress] = useState<number | undefined>(undefined);
  const [problem, setProblem] = useState<Refusal | undefined>(undefined);
  const [over, setOver] = useState(false);
  const inputId = useId();
  const file = fileOf(value);
  const take = async (picked: File | undefined) => {
    if (!picked) return;
    setProblem(undefined);
    setProgress(0);
    const answer = await importFile(picked, setProgress);
    setProgress(undefined);
    if (answer.ok) onChange(answer.file);
    else setProblem(answer.problem);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a drop target; the same is reached by the button
    <div
      className={styles["place"]}
      data-over={over ? "" : undefined}
      data-takes-files
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes("Files")) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        event.stopPropagation();
        setOver(false);
        const [first, ...more] = [...event.dataTransfer.files];
        void take(first);
        if (more.length > 0) tellNotTaken(namesOf(more), "This field takes one file.");
      }}
    >
      <input
        id={inputId}
        className="visually-hidden"
        type="file"
        accept="image/*,video/*,audio/*"
        aria-label={`${field.label}, pick`}
        tabIndex={-1}
        disabled={disabled}
        onChange={(event) => {
          void take(event.target.files?.[0]);
          event.target.value = "";
        }}
      />
      {progress !== undefined ? (
        <div
          className={styles["progress"]}
          role="progressbar"
          aria-valuenow={Math.round(progress * 100)}
          aria-label="Taking the file in"
        >
          <span style={{ transform: `scaleX(${progress})` }} />
          <p>{Math.round(progress * 100)} %</p>
        </div>
      ) : file ? (
        <div className={styles["file"]}>
          <Thumbnail file={file} />
          <div className={styles["facts"]}>
            <p className={styles["name"]} title={file.name}>
              {file.name}
            </p>
            <p className={styles["detail"]}>{factsOf(file)}</p>
          </div>
          <IconButton
            size="small"
            label="Replace file"
            disabled={disabled}
            onClick={() => document.getElementById(inputId)?.click()}
          >
            <RefreshCw size={14} />
          </IconButton>
          <IconButton
            size="small"
            label="Remove file"
            disabled={disabled}
            onClick={() => onChange(undefined)}
          >
            <X size={14} />
          </IconButton>
        </div>
      ) : (
        <div className={styles["empty"]}>
          <Button disabled={disabled} onClick={() => document.getElementById(inputId)?.click()}>
            <FileUp size={14} />
            Choose file
          </Button>
          <p>or drop it here</p>
        </div>
      )}
      {problem && (
        <p className={styles["problem"]} role="alert">
          {told(problem)}
        </p>
      )}
    </div>
  );
}

function Thumbnail({ file }: { readonly file: UploadFile }) {
  if (file.kind === "audio") return <AudioLines className={styles["audio"]} size={18} />;
  return <img className={styles["thumbnail"]} src={posterUrl(file.sha256)} alt="" />;
}

function factsOf({ sizeBytes, width, height, durationMs }: UploadFile): string {
  return [
    ...(width !== undefined && height !== undefined ? [`${width} × ${height}`] : []),
    ...(durationMs !== undefined ? [duration(durationMs)] : []),
    size(sizeBytes),
  ].join(" · ");
}

/** The validator marks a broken file; here it only has to be one at all. */
function fileOf(value: unknown): UploadFile | undefined {
  const isFile = typeof value === "object" && value !== null && "sha256" in value && "name" in value;
  return isFile ? (value as UploadFile) : undefined;
}
