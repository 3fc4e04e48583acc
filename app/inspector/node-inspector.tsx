import { CircleAlert, TriangleAlert } from "lucide-react";
import type { Problem } from "../../src/graph/document/problems.ts";
import type { GraphNode } from "../../src/graph/document/schema.ts";
import type { NodeDefinition } from "../../src/nodes/definition/definition.ts";
import { definitionOf, editParam, isNodeType, type NodeType } from "../../src/nodes/definitions.ts";
import { graphStore } from "../stores/graph.ts";
import { useNodeProblems, useNodeView } from "../stores/graph-view.ts";
import { shownStep, useRun } from "../stores/run.ts";
import { catalogueNow } from "../stores/server.ts";
import { shellStore, useShell } from "../stores/shell.ts";
import { ReuseSettings } from "../takes/reuse-settings.tsx";
import { Button } from "../ui/button.tsx";
import styles from "../ui/panel.module.css";
import { Segmented } from "../ui/segmented.tsx";
import { say, t } from "../words/words.ts";
import { FormView } from "./form-view.tsx";
import { ItemsSection } from "./items-section.tsx";
import { NodeResults, StepStatuses } from "./node-results.tsx";

export function NodeInspector({ node }: { readonly node: GraphNode }) {
  const problems = useNodeProblems(node.id);
  const description = useNodeView(node.id)?.description;
  const { type } = node;
  const hasResult = useRun((state) => shownStep(state, node.id)?.startedAt !== undefined);
  const tab = useShell((state) => state.inspectorTab);
  const definition = isNodeType(type) ? definitionOf(type) : undefined;
  // What belongs to a field is said at the field.
  // What belongs to a field is said at the field; a param that the node does not have has none.
  const general = problems.filter(({ param, code }) => param === undefined || code === "unknown-param");
  return (
    <>
      <header className={styles["head"]}>
        <input
          className={styles["title"]}
          aria-label={t("inspector.nodeTitle")}
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
          {definition?.description ?? t("inspector.unknownType", { type })}
        </p>
      </header>
      {definition && definition.work.kind !== "none" && (
        <div className={styles["tabs"]}>
          {/* There before there is a result, too, so that no field moves when the first one comes. */}
          <Segmented
            label={t("inspector.whatToShow")}
            value={hasResult ? tab : "params"}
            disabled={!hasResult}
            options={[
              { value: "params", label: t("inspector.settings") },
              { value: "result", label: t("inspector.result") },
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
      {/* At the foot, so that no field moves under the hand when a problem or a step's state comes or goes. */}
      <div className={styles["foot"]}>
        {general.length > 0 && (
          <section className={styles["section"]} aria-label={t("inspector.problems")}>
            {general.map((problem) => (
              <ProblemCard
                key={`${problem.code}:${problem.portId ?? ""}:${say(problem.message)}`}
                problem={problem}
                {...(problem.code === "unknown-param" && problem.param !== undefined && isNodeType(type)
                  ? { onRemove: () => removeParam(node.id, type, problem.param ?? "") }
                  : {})}
              />
            ))}
          </section>
        )}
        <StepStatuses nodeId={node.id} />
      </div>
    </>
  );
}

/** Takes a param that the node does not have out of the document. */
function removeParam(nodeId: string, type: NodeType, param: string): void {
  const { graph, edit } = graphStore.getState();
  const node = graph?.nodes.find(({ id }) => id === nodeId);
  if (!node) return;
  const catalogue = catalogueNow();
  const params = editParam(type, node.data.params, param, undefined, catalogue);
  edit({ type: "params", id: nodeId, params });
}

/** Whether results of such a node are kept as takes. */
function isKept({ work }: NodeDefinition): boolean {
  return work.kind === "generate" || work.kind === "edit";
}

export function ProblemCard({
  problem,
  onRemove,
}: {
  readonly problem: Problem;
  /** Offered where no field shows what is wrong. */
  readonly onRemove?: () => void;
}) {
  const Icon = problem.severity === "error" ? CircleAlert : TriangleAlert;
  return (
    <div className={styles["problem"]} data-severity={problem.severity}>
      <Icon size={14} />
      <div>
        <p>{say(problem.message)}</p>
        <p className={styles["remedy"]}>{say(problem.remedy)}</p>
        {onRemove && (
          <Button size="small" onClick={onRemove}>
            {t("inspector.deleteParam", { param: problem.param ?? "" })}
          </Button>
        )}
      </div>
    </div>
  );
}
