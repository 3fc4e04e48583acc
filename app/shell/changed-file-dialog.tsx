import type { FileChoice } from "../../src/studio/contract.ts";
import { documentsStore, useDocuments } from "../stores/documents.ts";
import { useGraph } from "../stores/graph.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { save, saveAs } from "./actions.ts";

/** Asked before a file is written over that somebody else has changed since it was opened or saved here. */
export function ChangedFileDialog() {
  const changed = useDocuments((state) => state.changedFile);
  const name = useGraph((state) => state.graph?.name);
  const close = documentsStore.getState().dismissChangedFile;
  const choose = (act: FileChoice["act"]) => {
    if (changed) void save({ seen: changed.seen, act });
  };
  return (
    <Dialog
      open={changed !== undefined}
      onClose={close}
      title={`“${changed?.fileName}” was changed by another program`}
      description={
        changed?.canJoin === false
          ? `It is no graph any more that Catwalk can read. “${name}” is kept in the library, and the file was not written.`
          : `It is not as Catwalk left it. “${name}” is kept in the library, and the file was not written. Joined, both changes are in the graph; where both changed the same, the file's version is kept as a copy.`
      }
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button
            onClick={() => {
              close();
              saveAs();
            }}
          >
            Save as…
          </Button>
          <Button look="danger" onClick={() => choose("overwrite")}>
            Write over it
          </Button>
          {changed?.canJoin && (
            <Button look="primary" onClick={() => choose("join")}>
              Join and save
            </Button>
          )}
        </>
      }
    />
  );
}
