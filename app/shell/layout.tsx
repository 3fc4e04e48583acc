import { X } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useRef } from "react";
import { Group, Panel, type PanelSize, Separator } from "react-resizable-panels";
import { useStore } from "zustand";
import { Canvas } from "../canvas/canvas.tsx";
import { Inspector } from "../inspector/inspector.tsx";
import { InterruptedOffer } from "../runs/interrupted-offer.tsx";
import { RunPanel, RunStrip } from "../runs/run-panel.tsx";
import { StartView } from "../start/start-view.tsx";
import { useDocuments } from "../stores/documents.ts";
import { useGraph } from "../stores/graph.ts";
import { preferencesStore, setPreference, usePreference } from "../stores/preferences.ts";
import { useServer } from "../stores/server.ts";
import { toggleInspector, useInspectorLiesOver, useShell } from "../stores/shell.ts";
import { IconButton } from "../ui/button.tsx";
import { ToastLane } from "../ui/toasts.tsx";
import { useIsNarrow } from "../ui/window-width.ts";
import { t } from "../words/words.ts";
import { ConflictNotice } from "./conflict-notice.tsx";
import { DrawerPanel } from "./drawer-panel.tsx";
import styles from "./layout.module.css";
import { LeftRail } from "./left-rail.tsx";
import { LineNotice } from "./line-notice.tsx";
import { NotKeptNotice } from "./not-kept-notice.tsx";
import { TopBar } from "./top-bar.tsx";

/** The frame: top bar, rail, drawer, canvas, inspector, run panel. Sizes are in pixels and remembered. */
export function Layout() {
  const ready = useDocuments((state) => state.phase === "ready");
  const everUp = useServer((state) => state.everUp);
  const loaded = useStore(preferencesStore, (state) => state.loaded);
  if (!ready || !everUp || !loaded) return <Starting />;
  return (
    <div className={styles["window"]}>
      <TopBar />
      <LineNotice />
      <NotKeptNotice />
      <ConflictNotice />
      <InterruptedOffer />
      <div className={styles["main"]}>
        <LeftRail />
        <Panels />
        <InspectorOver />
      </div>
      <RunStrip />
    </div>
  );
}

function Starting() {
  return (
    <div className={styles["starting"]} role="status">
      <span>{t("shell.starting")}</span>
    </div>
  );
}

function Panels() {
  const drawer = useShell((state) => state.drawer);
  const inspector = useShell((state) => state.inspector);
  const runPanel = useShell((state) => state.runPanel);
  const isEmpty = useGraph((state) => (state.graph?.nodes.length ?? 0) === 0);
  // An empty graph has nothing to inspect, and its first view wants the room.
  const isSlim = useInspectorLiesOver();
  // Its lane is measured anew when the inspector comes to lie over it, or goes.
  const inspectorOver = useShell((state) => state.inspectorOver);
  const showInspector = inspector && !isEmpty && !isSlim;
  const crowded = useIsNarrow() && drawer !== undefined && (showInspector || isSlim);
  return (
    <Group orientation="horizontal" className={styles["panels"]}>
      {drawer && (
        <Side
          // Another key, so that it takes the other size at once.
          key={`drawer.${crowded}`}
          name={crowded ? "drawer.narrow" : "drawer"}
          {...(crowded ? crowdedSizes.drawer : { size: 264, min: 208, max: 420 })}
        >
          <DrawerPanel drawer={drawer} />
        </Side>
      )}
      {drawer && <Separator className={styles["separator"]} aria-label={t("shell.drawerWidth")} />}
      <Panel id="centre" minSize={360}>
        <Group orientation="vertical">
          <Panel id="canvas" minSize={160}>
            <div className={styles["stage"]}>
              <div className={styles["canvas"]} data-empty={isEmpty ? "" : undefined}>
                <Canvas />
                {isEmpty && <StartView />}
              </div>
              <ToastLane key={`${isSlim && inspectorOver}`} />
            </div>
          </Panel>
          {runPanel && <Separator className={styles["separator"]} aria-label={t("shell.runPanelHeight")} />}
          {runPanel && (
            <Side name="run-panel" size={232} min={120} max={600}>
              <RunPanel tab={runPanel} />
            </Side>
          )}
        </Group>
      </Panel>
      {showInspector && <Separator className={styles["separator"]} aria-label={t("shell.inspectorWidth")} />}
      {showInspector && (
        <Side
          key={`inspector.${crowded}`}
          name={crowded ? "inspector.narrow" : "inspector"}
          {...(crowded ? crowdedSizes.inspector : { size: 320, min: 264, max: 520 })}
        >
          <Inspector />
        </Side>
      )}
    </Group>
  );
}

/** In a window too slim for it the inspector lies over the canvas, until its key, its button or Escape takes it away. */
function InspectorOver() {
  const isEmpty = useGraph((state) => (state.graph?.nodes.length ?? 0) === 0);
  const isOpen = useShell((state) => state.inspectorOver);
  if (!useInspectorLiesOver() || !isOpen || isEmpty) return null;
  const onKeyDown = (event: KeyboardEvent) => {
    const { key, target, currentTarget } = event;
    // Menus and dialogs opened from here lie elsewhere in the document, and their Escape is their own.
    if (key !== "Escape" || !(target instanceof Node) || !currentTarget.contains(target)) return;
    event.stopPropagation();
    toggleInspector();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape anywhere within closes it; its button does, too
    <div className={styles["over"]} data-lies-over="" onKeyDown={onKeyDown}>
      <IconButton
        size="small"
        label={t("shell.closeInspector")}
        keys="Mod+\"
        side="left"
        className={styles["close"]}
        onClick={toggleInspector}
      >
        <X size={14} />
      </IconButton>
      <Inspector />
    </div>
  );
}

/** With drawer and inspector open in a narrow window, the canvas keeps 60 % of it. */
const crowdedSizes = {
  drawer: { size: 200, min: 200, max: 200 },
  inspector: { size: 260, min: 260, max: 260 },
} as const;

type SideProps = {
  readonly name: string;
  /** Pixels, until a person drags it. */
  readonly size: number;
  readonly min: number;
  readonly max: number;
  readonly children: ReactNode;
};

/** A panel that keeps its pixels when the window grows, and remembers them. */
function Side({ name, size, min, max, children }: SideProps) {
  const preference = `panel.${name}`;
  const remembered = usePreference(preference, (value) => (typeof value === "number" ? value : size));
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const remember = ({ inPixels }: PanelSize) => {
    const pixels = Math.round(inPixels);
    clearTimeout(timer.current);
    if (pixels === 0 || preferencesStore.getState().values[preference] === pixels) return;
    timer.current = setTimeout(() => setPreference(preference, pixels), 400);
  };
  return (
    <Panel
      id={name}
      defaultSize={Math.min(max, Math.max(min, remembered))}
      minSize={min}
      maxSize={max}
      groupResizeBehavior="preserve-pixel-size"
      onResize={remember}
    >
      {children}
    </Panel>
  );
}
