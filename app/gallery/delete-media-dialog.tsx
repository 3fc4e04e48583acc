import { useEffect, useState } from "react";
import type { MediaRemoval } from "../../src/studio/contract.ts";
import { closeLightbox } from "../media/lightbox-store.ts";
import { Thumb } from "../media/thumb.tsx";
import { type MediaToDelete, shellStore, useShell } from "../stores/shell.ts";
import { called, studio, wordsOf } from "../stores/studio.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { toast } from "../ui/toasts.tsx";
import { count, list, money } from "../words/words.ts";
import styles from "./delete-media-dialog.module.css";
import { refreshGallery } from "./gallery-items.ts";

/** Asks whether this is to go for good. */
export function askToDelete({ sha256, kind, title }: MediaToDelete): void {
  shellStore.setState({ mediaToDelete: { sha256, kind, title } });
}

/** Says what media cost and who uses it before it is deleted. Mounted once. */
export function DeleteMediaDialog() {
  const media = useShell(({ mediaToDelete }) => mediaToDelete);
  const removal = useRemoval(media?.sha256);
  const [busy, setBusy] = useState(false);
  const close = () => shellStore.setState({ mediaToDelete: undefined });
  const what = media?.kind === "text" ? "text" : "file";
  const isNeeded = (removal?.neededBy.length ?? 0) > 0;
  const remove = async () => {
    if (!media) return;
    setBusy(true);
    const answer = await called(studio.client.gallery.remove({ sha256: media.sha256 }));
    setBusy(false);
    close();
    if (!answer.ok) {
      const { message, remedy } = wordsOf(answer.failure);
      toast({
        title: `“${media.title}” was not deleted.`,
        description: `${message} ${remedy}`,
        look: "danger",
      });
      return;
    }
    closeLightbox();
    refreshGallery();
  };
  return (
    <Dialog
      open={media !== undefined}
      onClose={close}
      title={`Delete “${media?.title ?? ""}”?`}
      description={`The ${what} goes from this machine for good. What a server keeps of it stays there.`}
      footer={
        <>
          <Button onClick={close}>Keep it</Button>
          <Button
            look="danger"
            disabled={busy || removal === undefined || isNeeded}
            onClick={() => void remove()}
          >
            {removal?.paid && removal.estimateMicrodollars
              ? `Delete what cost ${money(removal.estimateMicrodollars)}`
              : `Delete ${what}`}
          </Button>
        </>
      }
    >
      {media && removal && (
        <div className={styles["what"]}>
          {media.kind !== "text" && (
            <span className={styles["thumb"]}>
              <Thumb media={{ sha256: media.sha256, kind: media.kind }} />
            </span>
          )}
          <ul>
            {linesOf(removal).map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </div>
      )}
    </Dialog>
  );
}

function linesOf(removal: MediaRemoval): readonly string[] {
  const { paid, estimateMicrodollars, brought, documents, neededBy } = removal;
  return [
    ...(neededBy.length > 0
      ? [
          `An unfinished run of ${list(neededBy.map((name) => `“${name}”`))} needs it. Cancel or discard that run first.`,
        ]
      : []),
    ...(paid
      ? [
          estimateMicrodollars
            ? `It cost ${money(estimateMicrodollars)}. A run that needs it again makes it anew, for about as much.`
            : "A server made it, perhaps for money. A run that needs it again makes it anew.",
        ]
      : brought
        ? ["You brought it in. Catwalk has no other copy."]
        : ["It can be made again on this machine, free of charge."]),
    ...(documents > 0
      ? [
          `${count(documents, "graph")} of the library ${documents === 1 ? "has" : "have"} it in a node; there the file is missing then.`,
        ]
      : []),
  ];
}

function useRemoval(sha256: string | undefined): MediaRemoval | undefined {
  const [removal, setRemoval] = useState<MediaRemoval>();
  useEffect(() => {
    setRemoval(undefined);
    if (sha256 === undefined) return;
    let wanted = true;
    void called(studio.client.gallery.removal({ sha256 })).then((answer) => {
      if (wanted && answer.ok) setRemoval(answer.value);
    });
    return () => {
      wanted = false;
    };
  }, [sha256]);
  return removal;
}
