import { documentsStore, useDocuments } from "../stores/documents.ts";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";

/** Said when two windows changed the same: which version is on show, and where the other one is. */
export function ConflictNotice() {
  const copy = useDocuments((state) => state.copies[0]);
  if (!copy) return null;
  const { open, dismissCopy } = documentsStore.getState();
  return (
    <Notice
      role="alert"
      label="Two windows changed the same"
      actions={
        <>
          <Button
            size="small"
            look="primary"
            onClick={() => {
              dismissCopy(copy.id);
              void open(copy.id);
            }}
          >
            Open my version
          </Button>
          <Button size="small" onClick={() => dismissCopy(copy.id)}>
            Keep both
          </Button>
        </>
      }
    >
      <strong>Another window changed the same places.</strong> You see its version. Yours is whole in “
      {copy.name}”, under Recent.
    </Notice>
  );
}
