import { Dialog } from "@base-ui/react/dialog";
import { Command } from "cmdk";
import { FilePlay, FileText } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { titleOf } from "../../src/graph/describe.ts";
import { NodeIcon } from "../node-look/node-icon.tsx";
import { useConnection } from "../stores/connection.ts";
import { documentsStore, useDocuments } from "../stores/documents.ts";
import { focusNode } from "../stores/focus-node.ts";
import { useGraph } from "../stores/graph.ts";
import { graphViewStore } from "../stores/graph-view.ts";
import { closeOverlay, openOverlay, useShell } from "../stores/shell.ts";
import { Keys } from "../ui/keys.tsx";
import { type Action, actionGroups, shownKeys } from "./actions.ts";
import { useActions } from "./actions-context.ts";
import styles from "./command-palette.module.css";

/** Everything by its name: commands, nodes of this graph, other graphs, examples. */
export function CommandPalette() {
  const open = useShell((state) => state.overlay === "palette");
  return (
    <Dialog.Root open={open} onOpenChange={(next) => (next ? openOverlay("palette") : closeOverlay())}>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles["backdrop"]} />
        <Dialog.Popup className={styles["popup"]} aria-label="Find a command">
          <Search />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Search() {
  const actions = useActions().filter(
    ({ id, enabled, detail }) => id !== "palette" && ((enabled?.() ?? true) || detail !== undefined),
  );
  const pointed = useRef<Action | undefined>(undefined);
  const [marked, setMarked] = useState("");
  const point = (value: string) => {
    setMarked(value);
    pointed.current?.onPoint?.(false);
    pointed.current = actions.find((action) => valueOfAction(action).toLowerCase() === value.toLowerCase());
    pointed.current?.onPoint?.(true);
  };
  useEffect(() => () => pointed.current?.onPoint?.(false), []);
  const nodes = useGraph((state) => state.graph?.nodes) ?? [];
  const openId = useGraph((state) => state.graph?.id);
  const recent = useDocuments((state) => state.recent);
  const examples = useDocuments((state) => state.examples);
  const { describe } = graphViewStore.getState();
  const host = useConnection((state) => state.info?.host);
  const pick = (act: () => void) => () => {
    closeOverlay();
    act();
  };
  return (
    <Command label="Find a command" loop value={marked} onValueChange={point}>
      <Command.Input autoFocus className={styles["input"]} placeholder="Find a command, a node or a graph" />
      <Command.List className={styles["list"]}>
        <Command.Empty className={styles["empty"]}>Nothing is called that.</Command.Empty>
        {actionGroups.map((group) => (
          <Command.Group key={group} heading={group} className={styles["group"]}>
            {actions
              .filter((action) => action.group === group)
              .map((action) => [action, shownKeys(action, host)] as const)
              .map(([action, keys]) => (
                <Command.Item
                  key={action.id}
                  value={valueOfAction(action)}
                  keywords={action.also?.split(" ") ?? []}
                  disabled={action.enabled?.() === false}
                  className={styles["item"]}
                  onSelect={pick(action.run)}
                >
                  <span className={styles["label"]}>{action.label}</span>
                  {action.detail && <span className={styles["about"]}>{action.detail()}</span>}
                  {keys && <Keys keys={keys} />}
                </Command.Item>
              ))}
          </Command.Group>
        ))}
        {nodes.length > 0 && (
          <Command.Group heading="Go to node" className={styles["group"]}>
            {nodes.map((node) => (
              <Command.Item
                key={node.id}
                value={`node ${node.id}`}
                keywords={[titleOf(node, describe(node)), node.type]}
                className={styles["item"]}
                onSelect={pick(() => focusNode(node.id))}
              >
                <NodeIcon type={node.type} params={node.data.params} />
                <span className={styles["label"]}>{titleOf(node, describe(node))}</span>
              </Command.Item>
            ))}
          </Command.Group>
        )}
        <Command.Group heading="Open" className={styles["group"]}>
          {recent
            .filter(({ id }) => id !== openId)
            .slice(0, 20)
            .map(({ id, name }) => (
              <Command.Item
                key={id}
                value={`open ${id}`}
                keywords={[name]}
                className={styles["item"]}
                onSelect={pick(() => void documentsStore.getState().open(id))}
              >
                <FileText size={14} />
                <span className={styles["label"]}>{name}</span>
              </Command.Item>
            ))}
          {examples.map(({ id, title }) => (
            <Command.Item
              key={id}
              value={`example ${id}`}
              keywords={[title, "example"]}
              className={styles["item"]}
              onSelect={pick(() => void documentsStore.getState().openExample(id))}
            >
              <FilePlay size={14} />
              <span className={styles["label"]}>Example: {title}</span>
            </Command.Item>
          ))}
        </Command.Group>
      </Command.List>
    </Command>
  );
}

const valueOfAction = ({ group, label }: Action): string => `${group} ${label}`;
