import { memo } from "react";
import { valueAt } from "../../src/base/json-object.ts";
import type { Problem } from "../../src/graph/document/problems.ts";
import type { GraphNode } from "../../src/graph/document/schema.ts";
import { definitionOf, editParam, isNodeType } from "../../src/nodes/definitions.ts";
import { FieldNode } from "../forms/columns/templated-field.tsx";
import { FieldControl } from "../forms/fields/field-control.tsx";
import { type Field, fieldAt, fieldsOf, problemsAt } from "../forms/form.ts";
import { graphStore } from "../stores/graph.ts";
import { isUnset, type NodeView } from "../stores/graph-view.ts";
import { catalogueNow, useCatalogue } from "../stores/server.ts";
import { TableField } from "../table/table-field.tsx";
import { say } from "../words/words.ts";
import styles from "./card-fields.module.css";
import { UploadField } from "./upload-field.tsx";

export type CardFieldsProps = {
  readonly node: GraphNode;
  readonly view: NodeView;
  readonly problems: readonly Problem[];
};

/** The two or three params that matter most, editable where they stand. */
export const CardFields = memo(function CardFields({ node, view, problems }: CardFieldsProps) {
  const catalogue = useCatalogue();
  const { type } = node;
  if (!isNodeType(type) || !view.description) return null;
  const definition = definitionOf(type);
  const params = { ...view.description.params };
  const all = definition.form(params, catalogue).flatMap(fieldsOf);
  const fields = definition.cardFields(params).flatMap((path) => fieldAt(all, path) ?? []);
  if (fields.length === 0) return null;
  const change = (path: string, value: unknown) => {
    const { graph, edit } = graphStore.getState();
    // The node as it is now: a slow upload may answer after other edits.
    const now = graph?.nodes.find(({ id }) => id === node.id);
    if (!now) return;
    const params = editParam(type, now.data.params, path, value, catalogueNow());
    edit({ type: "params", id: node.id, params }, { merge: `${node.id}.${path}` });
  };
  const big = fields.filter(isBig);
  const small = fields.filter((field) => !isBig(field));
  return (
    <FieldNode value={node.id}>
      {/* Wheel and drag belong to the canvas, but not inside a field. */}
      <div className={`${styles["fields"]} nodrag`}>
        {[...big, ...small].map((field) => {
          const wired = view.inputs.some((port) => port.param === field.path && port.wires > 0);
          if (field.kind === "table") return <TableField key={field.path} nodeId={node.id} />;
          if (field.kind === "file") return <UploadField key={field.path} node={node} />;
          if (wired)
            return (
              <p key={field.path} className={styles["wired"]}>
                {field.label} comes from the wire.
              </p>
            );
          const wrong = problemsAt(problems, node.id, field.path);
          return (
            <div
              key={field.path}
              className={styles["field"]}
              data-kind={field.kind}
              title={wrong[0] && say(wrong[0].message)}
            >
              <FieldControl
                field={field}
                value={valueAt(view.description?.params ?? {}, field.path)}
                onChange={(value) => change(field.path, value)}
                disabled={false}
                invalid={!wrong.every(isUnset)}
                renderField={() => null}
              />
            </div>
          );
        })}
      </div>
    </FieldNode>
  );
});

function isBig({ kind }: Field): boolean {
  return kind === "textarea" || kind === "file" || kind === "table";
}
