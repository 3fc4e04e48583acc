import { FileUp, RefreshCw } from "lucide-react";
import { type ChangeEvent, useRef, useState } from "react";
import { uploadFormatsInWords } from "../../src/graph/document/files.ts";
import type { GraphNode } from "../../src/graph/document/schema.ts";
import { MediaPreview } from "../media/media-preview.tsx";
import { uploadedFile } from "../media/uploaded-file.ts";
import { hasFolder } from "../stores/chosen-files.ts";
import { useCommands } from "../stores/commands.ts";
import { useNodeProblems } from "../stores/graph-view.ts";
import { IconButton } from "../ui/button.tsx";
import { say, size, t, told } from "../words/words.ts";
import styles from "./upload-field.module.css";
import { startUpload, useUpload } from "./uploads.ts";

/** Drop a file or press to pick one; it goes into the library at once and shows as soon as it is there. */
export function UploadField({ node }: { readonly node: GraphNode }) {
  const { importFile } = useCommands();
  const input = useRef<HTMLInputElement>(null);
  const upload = useUpload(node.id);
  const [over, setOver] = useState(false);
  const file = uploadedFile(node);
  const half = useNodeProblems(node.id).find(({ code }) => code === "file-incomplete");

  const take = (picked: File | undefined) => {
    if (picked) void startUpload(node.id, picked, importFile);
  };
  const onPick = ({ currentTarget }: ChangeEvent<HTMLInputElement>) => {
    take(currentTarget.files?.[0]);
    currentTarget.value = "";
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a drop target; the button inside does the same
    <div
      className={styles["place"]}
      data-over={over ? "" : undefined}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes("Files")) return;
        event.preventDefault();
        event.stopPropagation();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        setOver(false);
        // Of several the canvas takes the first for this card and the others beside it.
        if (event.dataTransfer.files.length !== 1 || hasFolder(event.dataTransfer)) return;
        event.preventDefault();
        event.stopPropagation();
        take(event.dataTransfer.files[0]);
      }}
    >
      <input
        ref={input}
        type="file"
        className="visually-hidden"
        tabIndex={-1}
        accept="image/*,video/*,audio/*"
        aria-label={t("canvas.file")}
        onChange={onPick}
      />
      {upload?.kind === "sending" ? (
        <div
          className={styles["progress"]}
          role="progressbar"
          aria-label={t("canvas.takingIn")}
          aria-valuenow={Math.round(upload.fraction * 100)}
        >
          <span className={styles["bar"]} style={{ transform: `scaleX(${upload.fraction})` }} />
          {Math.round(upload.fraction * 100)} %
        </div>
      ) : file ? (
        <>
          <div className={styles["preview"]}>
            <MediaPreview media={file} title={file.name} />
          </div>
          <div className={styles["file"]}>
            <span className={styles["name"]} title={file.name} translate="no">
              {file.name}
            </span>
            <span className={styles["size"]}>{size(file.sizeBytes)}</span>
            <IconButton label={t("canvas.replaceFile")} size="small" onClick={() => input.current?.click()}>
              <RefreshCw size={13} />
            </IconButton>
          </div>
        </>
      ) : (
        <button
          type="button"
          className={styles["empty"]}
          title={t("canvas.takesFormats", { formats: uploadFormatsInWords })}
          onClick={() => input.current?.click()}
        >
          <FileUp size={20} strokeWidth={1.5} />
          <span>
            {t("canvas.dropFile")} <b>{t("canvas.chooseOne")}</b>
          </span>
        </button>
      )}
      {file && half && (
        <p className={styles["half"]} role="note" title={say(half.remedy)}>
          {say(half.message)}
        </p>
      )}
      {upload?.kind === "refused" && (
        <p className={styles["problem"]} role="alert">
          {told(upload.problem)}
        </p>
      )}
    </div>
  );
}
