import { CircleAlert, TriangleAlert } from "lucide-react";
import type { Problem } from "../../src/graph/problems.ts";
import type { GraphNode } from "../../src/graph/schema.ts";
import type { NodeDefinition } from "../../src/nodes/definition/definition.ts";
import { definitionOf, isNodeType } from "../../src/nodes/definitions.ts";
import { graphStore } from "../stores/graph.ts";
import { useNodeProblems, useNodeView } from "../stores/graph-view.ts";
import { shownStep, useRun } from "../stores/run.ts";
import { shellStore, useShell } from "../stores/shell.ts";
import { ReuseSettings } from "../takes/reuse-settings.tsx";
import styles from "../ui/panel.module.css";
import { Segmented } from "../ui/segmented.tsx";
import { FormView } from "./form-view.tsx";
import { ItemsSection } from "./items-section.tsx";
import { NodeResults, Standings } from "./node-results.tsx";

export function NodeInspector({ node }: { readonly node: GraphNode }) {
  const problems = useNodeProblems(node.id);
  const description = useNodeView(node.id)?.description;
  const { type } = node;
  const hasResult = useRun((state) => shownStep(state, node.id)?.startedAt !== undefined);
  const tab = useShell((state) => state.inspectorTab);
  const definition = isNodeType(type) ? definitionOf(type) : undefined;
  // What belongs to a field is said at the field.
  const general = problems.filter(({ param }) => param === undefined);
  return (
    <>
      <header className={styles["head"]}>
        <input
          className={styles["title"]}
          aria-label="Node title"
          spellCheck={false}
          value={node.data.title ?? ""}
          placeholder={description?.title ?? type}
          onChange={(event) =>
            graphStore.getState().edit(
              {
                type: "title",
                id: node.id,
                title: event.target.value === "" ? undefined : event.target.value,
              },
              { merge: `${node.id}.title` },
            )
          }
          onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
        />
        <p className={styles["description"]}>
          {definition?.description ??
            `This version of Catwalk does not know the node type “${type}”. It is kept as it is and saved back unchanged.`}
        </p>
      </header>
      {general.length > 0 && (
        <section className={styles["section"]} aria-label="Problems">
          {general.map((problem) => (
            <ProblemCard
              key={`${problem.code}:${problem.portId ?? ""}:${problem.message}`}
              problem={problem}
            />
          ))}
        </section>
      )}
      <Standings nodeId={node.id} />
      {hasResult && isNodeType(type) && (
        <div className={styles["tabs"]}>
          <Segmented
            label="What to show"
            value={tab}
            options={[
              { value: "params", label: "Settings" },
              { value: "result", label: "Result" },
            ]}
            onChange={(inspectorTab) => shellStore.setState({ inspectorTab })}
          />
        </div>
      )}
      {hasResult && tab === "result" ? (
        <NodeResults node={node} />
      ) : (
        isNodeType(type) && (
          <>
            <FormView node={node} type={type} />
            <ItemsSection node={node} />
            {definition && isKept(definition) && (
              <ReuseSettings node={node} varies={description?.varies ?? false} />
            )}
          </>
        )
      )}
    </>
  );
}

/** Whether results of such a node are kept as takes. */
function isKept({ work }: NodeDefinition): boolean {
  return work.kind === "generate" || work.kind === "edit";
}

export function ProblemCard({ problem }: { readonly problem: Problem }) {
  const Icon = problem.severity === "error" ? CircleAlert : TriangleAlert;
  return (
    <div className={styles["problem"]} data-severity={problem.severity}>
      <Icon size={14} />
      <div>
        <p>{problem.message}</p>
        <p className={styles["remedy"]}>{problem.remedy}</p>
      </div>
    </div>
  );
}
