import { Menu as MenuIcon, Monitor, Moon, PanelRight, Redo2, Sun, Undo2 } from "lucide-react";
import { useGraph } from "../stores/graph.ts";
import { useServer } from "../stores/server.ts";
import { toggleInspector, useInspectorLiesOver, useShell } from "../stores/shell.ts";
import { setTheme, themes, useTheme } from "../stores/theme.ts";
import { IconButton } from "../ui/button.tsx";
import { Menu, type MenuEntry } from "../ui/menu.tsx";
import { t } from "../words/words.ts";
import { shownKeys } from "./actions.ts";
import { useActions } from "./actions-context.ts";
import { GraphName } from "./graph-name.tsx";
import { RunControls } from "./run-controls.tsx";
import { ServerPill } from "./server-pill.tsx";
import styles from "./top-bar.module.css";

export function TopBar() {
  const balance = useServer((state) => state.connection?.balance);
  const isSandbox = useServer((state) => state.connection?.isSandbox ?? true);
  const isSlim = useInspectorLiesOver();
  const inspector = useShell((state) => (isSlim ? state.inspectorOver : state.inspector));
  return (
    <header className={styles["bar"]}>
      <div className={styles["left"]}>
        <MainMenu />
        <GraphName />
        <UndoRedo />
      </div>
      <RunControls />
      <div className={styles["right"]}>
        <ServerPill />
        {balance !== undefined && (
          <span
            className={styles["balance"]}
            title={isSandbox ? t("shell.sandboxMoney") : t("shell.balance")}
          >
            {balance}
            {isSandbox && <span className={styles["play"]}> {t("shell.playMoney")}</span>}
          </span>
        )}
        <ThemeMenu />
        <IconButton
          label={inspector ? t("shell.hideInspector") : t("shell.showInspector")}
          keys="Mod+\"
          aria-pressed={inspector}
          onClick={toggleInspector}
        >
          <PanelRight size={16} />
        </IconButton>
      </div>
    </header>
  );
}

/** What the menu holds, by action id; a separator where a new idea begins. */
const menuIds = [
  ["new", "open", "save", "save-as"],
  ["import", "export"],
  ["tidy-up", "palette", "settings"],
  ["shortcuts", "about"],
] as const;

function MainMenu() {
  const actions = useActions();
  const host = useServer((state) => state.info?.host);
  const entries = menuIds.flatMap((ids, index): MenuEntry[] => [
    ...(index > 0 ? [{ kind: "separator" } as const] : []),
    ...ids.flatMap((id): MenuEntry[] => {
      const action = actions.find((candidate) => candidate.id === id);
      if (!action) return [];
      const { label, run } = action;
      const keys = shownKeys(action, host);
      return [{ kind: "item", label, onSelect: run, ...(keys ? { keys } : {}) }];
    }),
  ]);
  return (
    <Menu
      entries={entries}
      trigger={
        <IconButton label={t("shell.menu")}>
          <MenuIcon size={16} />
        </IconButton>
      }
    />
  );
}

function UndoRedo() {
  const canUndo = useGraph((state) => state.canUndo);
  const canRedo = useGraph((state) => state.canRedo);
  const undo = useGraph((state) => state.undo);
  const redo = useGraph((state) => state.redo);
  return (
    <div className={styles["group"]}>
      <IconButton label={t("shell.undo")} keys="Mod+Z" disabled={!canUndo} onClick={undo}>
        <Undo2 size={16} />
      </IconButton>
      <IconButton label={t("shell.redo")} keys="Mod+Shift+Z" disabled={!canRedo} onClick={redo}>
        <Redo2 size={16} />
      </IconButton>
    </div>
  );
}

const themeLooks = {
  system: { label: "settings.asSystem", Icon: Monitor },
  light: { label: "settings.light", Icon: Sun },
  dark: { label: "settings.dark", Icon: Moon },
} as const;

function ThemeMenu() {
  const theme = useTheme();
  const { Icon } = themeLooks[theme];
  return (
    <Menu
      align="end"
      entries={themes.map((name) => ({
        kind: "item",
        label: t(themeLooks[name].label),
        checked: name === theme,
        onSelect: () => setTheme(name),
      }))}
      trigger={
        <IconButton label={t("settings.theme")}>
          <Icon size={16} />
        </IconButton>
      }
    />
  );
}
