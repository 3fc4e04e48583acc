import { useMemo } from "react";
import { useStore } from "zustand";
import type { GraphNode } from "../../src/graph/document/schema.ts";
import { itemsOf } from "../../src/graph/lists/items.ts";
import { graphStore } from "../stores/graph.ts";
import { graphViewStore } from "../stores/graph-view.ts";
import styles from "../ui/panel.module.css";
import { Segmented } from "../ui/segmented.tsx";
import { number, t } from "../words/words.ts";
import own from "./items-section.module.css";

/** How many items a node maps over, how its lists go together, and what a missing item means. Only where it matters. */
export function ItemsSection({ node }: { readonly node: GraphNode }) {
  const index = useStore(graphViewStore, (state) => state.index);
  const facts = useMemo(() => {
    if (!index) return undefined;
    const { of, listsAt, gathers, relations } = itemsOf(index);
    const lists = listsAt(node.id);
    const relation = of(node.id)?.relation;
    return {
      lists: lists.map((list) => list.count),
      cross: relations.productCount(lists),
      count: relation && relation.tables.length > 0 ? relation.count : undefined,
      gathers: gathers(node.id),
    };
  }, [index, node.id]);
  if (!facts || (facts.lists.length === 0 && facts.count === undefined && !facts.gathers)) return null;
  const { lists, cross, gathers } = facts;
  const { combine, holes = "fail" } = node.data.items ?? {};
  const set = (items: GraphNode["data"]["items"]) =>
    graphStore
      .getState()
      .edit({ type: "data", id: node.id, data: { items: { ...node.data.items, ...items } } });
  const isZippable = lists.every((length) => length === lists[0]);
  return (
    <section className={styles["section"]} aria-label={t("inspector.items")}>
      <h3>{t("inspector.items")}</h3>
      <p className={own["count"]}>
        {lists.length > 1 && combine !== "zip"
          ? t("inspector.crossItems", { lists: lists.map(number).join(" × "), items: cross })
          : facts.count !== undefined
            ? t("inspector.runsTimes", { times: facts.count })
            : null}
      </p>
      {lists.length > 1 && (
        <>
          <Segmented
            label={t("inspector.howListsGo")}
            value={combine}
            options={[
              { value: "zip", label: t("inspector.rowByRow") },
              { value: "cross", label: t("inspector.eachWithEach") },
            ]}
            onChange={(value) => set({ combine: value })}
          />
          <p className={styles["description"]}>
            {combine === "cross"
              ? t("inspector.crossHelp")
              : combine === "zip"
                ? isZippable
                  ? t("inspector.zipHelp")
                  : t("inspector.zipUneven", { lengths: lists.map(number) })
                : t("inspector.sayHow")}
          </p>
        </>
      )}
      {gathers && (
        <div className={own["holes"]}>
          <span>{t("inspector.someMissing")}</span>
          <Segmented
            label={t("inspector.someMissing")}
            value={holes}
            options={[
              { value: "fail", label: t("inspector.fail") },
              { value: "use-rest", label: t("inspector.useRest") },
            ]}
            onChange={(value) => set({ holes: value })}
          />
        </div>
      )}
    </section>
  );
}
