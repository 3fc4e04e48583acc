import { RotateCcw } from "lucide-react";
import { useState } from "react";
import { valueAt } from "../../src/base/json-object.ts";
import type { Problem } from "../../src/graph/document/problems.ts";
import type { GraphNode } from "../../src/graph/document/schema.ts";
import { definitionOf, editParam, type NodeType } from "../../src/nodes/definitions.ts";
import { FieldNode } from "../forms/columns/templated-field.tsx";
import { FieldControl } from "../forms/fields/field-control.tsx";
import { type Field, fieldsOf, problemsAt } from "../forms/form.ts";
import { graphStore, useGraph } from "../stores/graph.ts";
import { useNodeView } from "../stores/graph-view.ts";
import { useCatalogue } from "../stores/server.ts";
import { TableSection } from "../table/table-section.tsx";
import { IconButton } from "../ui/button.tsx";
import { Tooltip } from "../ui/tooltip.tsx";
import { say, t, told } from "../words/words.ts";
import styles from "./form-view.module.css";

/** The form of one node, drawn from its definition for its present params. */
export function FormView({ node, type }: { readonly node: GraphNode; readonly type: NodeType }) {
  const catalogue = useCatalogue();
  const definition = definitionOf(type);
  const params = useNodeView(node.id)?.description?.params;
  if (!params) return null;
  return (
    <FieldNode value={node.id}>
      <div className={styles["form"]}>
        {definition.form(params, catalogue).map((section) => (
          <section key={`${section.path}:${section.title ?? ""}`} aria-label={section.title}>
            {section.title && <h3 className={styles["title"]}>{section.title}</h3>}
            {fieldsOf(section).map((field) => (
              <FieldView key={field.path} node={node} type={type} field={field} />
            ))}
          </section>
        ))}
      </div>
    </FieldNode>
  );
}

type FieldViewProps = { readonly node: GraphNode; readonly type: NodeType; readonly field: Field };

/** Controls that say what they are by themselves stand under their label; a switch stands beside it. */
function FieldView({ node, type, field }: FieldViewProps) {
  const catalogue = useCatalogue();
  const problems = problemsAt(
    useGraph((state) => state.problems),
    node.id,
    field.path,
  );
  const wired =
    useNodeView(node.id)?.inputs.some(({ id, wires }) => id === field.portId && wires > 0) ?? false;
  const [touched, setTouched] = useState(false);
  if (field.kind === "table") return <TableSection nodeId={node.id} />;
  const set = valueAt(node.data.params, field.path);
  const value = set ?? field.fallback;
  const change = (next: unknown) => {
    setTouched(true);
    const { graph, edit } = graphStore.getState();
    // The node as it is now: a slow upload may answer after other edits.
    const now = graph?.nodes.find(({ id }) => id === node.id);
    if (!now) return;
    const params = editParam(type, now.data.params, field.path, next, catalogue);
    edit({ type: "params", id: node.id, params }, { merge: `${node.id}.${field.path}` });
  };
  const shown = wired ? [] : problems;
  // What is plainly text is cleared by hand; a model, a file or an account has no usual value.
  const isUsual = field.fallback === undefined ? field.required : equal(set, field.fallback);
  const canReset = hasUsualValue(field) && set !== undefined && !isUsual;
  return (
    <div className={styles["field"]} data-kind={field.kind} data-field={field.path}>
      <div className={styles["label"]}>
        <span>
          {field.label}
          {field.required && <abbr title={t("inspector.mustBeFilled")}>*</abbr>}
        </span>
        {field.description && field.kind !== "model" && (
          <Tooltip text={field.description} side="left">
            <button type="button" className={styles["help"]} aria-label={t("inspector.whatThisIs")}>
              ?
            </button>
          </Tooltip>
        )}
        <span className={styles["space"]} />
        {canReset && (
          <IconButton
            size="small"
            label={t("inspector.reset")}
            className={styles["reset"] ?? ""}
            onClick={() => change(undefined)}
          >
            <RotateCcw size={12} />
          </IconButton>
        )}
      </div>
      <FieldControl
        field={field}
        value={value}
        onChange={change}
        disabled={wired}
        invalid={shown.some(({ severity }) => severity === "error")}
        renderField={(inner) => <FieldView key={inner.path} node={node} type={type} field={inner} />}
      />
      {field.kind === "model" && field.description && <p className={styles["note"]}>{field.description}</p>}
      {wired && <p className={styles["note"]}>{t("inspector.comesFromWire", { label: field.label })}</p>}
      {shown.map((problem) => (
        <Complaint
          key={`${problem.code}:${say(problem.message)}`}
          problem={problem}
          quiet={!touched && isUnset(problem)}
        />
      ))}
    </div>
  );
}

function hasUsualValue({ kind }: Field): boolean {
  return kind !== "text" && kind !== "textarea" && kind !== "model" && kind !== "file" && kind !== "account";
}

/** What is merely not filled in yet is said quietly until the person was there. */
function Complaint({ problem, quiet }: { readonly problem: Problem; readonly quiet: boolean }) {
  return (
    <p className={styles["complaint"]} data-quiet={quiet ? "" : undefined}>
      {told(problem)}
    </p>
  );
}

function isUnset({ code }: Problem): boolean {
  return code === "missing-param" || code === "file-not-chosen" || code === "account-not-chosen";
}

function equal(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
