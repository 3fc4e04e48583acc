import type { ParamPlace } from "../../src/graph/changes/conflict-copy.ts";
import { titleOf } from "../../src/graph/describe/describe.ts";
import { definitionOf, isNodeType } from "../../src/nodes/definitions.ts";
import { fieldsOf } from "../forms/form.ts";
import { documentsStore, useDocuments } from "../stores/documents.ts";
import { graphStore } from "../stores/graph.ts";
import { graphViewStore } from "../stores/graph-view.ts";
import { catalogueNow } from "../stores/server.ts";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { t } from "../words/words.ts";

/** Said when two windows changed the same: which version is on show, and where the other one is. */
export function ConflictNotice() {
  const copy = useDocuments((state) => state.copies[0]);
  if (!copy) return null;
  const { open, dismissCopy } = documentsStore.getState();
  const places = copy.places.flatMap(placeWords);
  return (
    <Notice
      role="alert"
      label={t("shell.twoWindows")}
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
            {t("shell.openMine")}
          </Button>
          <Button size="small" onClick={() => dismissCopy(copy.id)}>
            {t("shell.keepBoth")}
          </Button>
        </>
      }
    >
      <strong>{places.length > 0 ? t("shell.otherChanged", { places }) : t("shell.otherChangedSame")}</strong>{" "}
      {t("shell.yoursIsIn", { name: copy.name })}
    </Notice>
  );
}

/** "Text of “Prompt”". */
function placeWords({ nodeId, param }: ParamPlace): readonly string[] {
  const node = graphStore.getState().graph?.nodes.find(({ id }) => id === nodeId);
  if (!node) return [];
  const description = graphViewStore.getState().describe(node);
  const title = titleOf(node, description);
  const sections =
    description && isNodeType(node.type)
      ? definitionOf(node.type).form(description.params, catalogueNow())
      : [];
  const fields = sections.flatMap(fieldsOf);
  // A param with parts has more than one field.
  const field =
    fields.find(({ path }) => path === param) ?? fields.find(({ path }) => param.startsWith(`${path}.`));
  return [t("shell.fieldOf", { field: field?.label ?? param, title })];
}
