import { Toast } from "@base-ui/react/toast";
import { X } from "lucide-react";
import { type CSSProperties, useEffect, useLayoutEffect, useRef } from "react";
import { createStore, useStore } from "zustand";
import { t } from "../words/words.ts";
import { Button, IconButton } from "./button.tsx";
import { seenPart } from "./seen-part.ts";
import styles from "./toasts.module.css";

const manager = Toast.createToastManager();

export type ToastOptions = {
  /** A later toast with the same takes its place. Default: its words, so that nothing is said twice at once. */
  readonly id?: string;
  readonly title: string;
  readonly description?: string;
  readonly look?: "plain" | "danger";
  readonly action?: { readonly label: string; readonly onPress: () => void };
};

/** Says in passing that something happened; it goes by itself, and sooner when it asks nothing of the person. */
export function toast({ id, title, description, look = "plain", action }: ToastOptions): void {
  const close = () => manager.close(shown);
  const shown = manager.add({
    id: id ?? `${title}\n${description ?? ""}`,
    title,
    type: look,
    timeout: look === "danger" || action ? 10_000 : 5000,
    priority: look === "danger" ? "high" : "low",
    ...(description ? { description } : {}),
    ...(action
      ? {
          actionProps: {
            children: action.label,
            onClick() {
              close();
              action.onPress();
            },
          },
        }
      : {}),
  });
}

/** The room that toasts have, and what they take of it, in pixels. */
type Lane = {
  readonly left: number;
  readonly width: number;
  readonly bottom: number;
  /** Of what the toasts take their room from. */
  readonly available: number;
  readonly taken: number;
};

const laneStore = createStore<Lane>(() => ({ left: 16, width: 360, bottom: 48, available: 720, taken: 0 }));

/** Below this there is room for one toast only. */
const ROOM_FOR_SEVERAL_PX = 400;

/**
 * The room at the lower edge of what it stands in, which gives it up while there are toasts: they stand there instead of
 * over something that a person may be about to press.
 */
export function ToastLane() {
  const lane = useRef<HTMLDivElement>(null);
  const taken = useStore(laneStore, (state) => state.taken);
  useLayoutEffect(() => {
    const element = lane.current;
    const around = element?.parentElement;
    if (!element || !around) return;
    const measure = () => {
      const { left, width, bottom, height } = seenPart(around.getBoundingClientRect());
      laneStore.setState({ left, width, bottom: window.innerHeight - bottom, available: height });
    };
    measure();
    const resized = new ResizeObserver(measure);
    // The window's own size says where the lower edge is when the room itself stays as large as it was.
    for (const each of [around, document.documentElement]) resized.observe(each);
    return () => resized.disconnect();
  }, []);
  return <div ref={lane} aria-hidden="true" style={{ flex: "none", height: taken }} />;
}

/** Takes a toast away before it goes by itself. */
export function closeToast(id: string): void {
  manager.close(id);
}

/** Where toasts appear. Mounted once. */
export function Toasts() {
  const available = useStore(laneStore, (state) => state.available);
  return (
    <Toast.Provider toastManager={manager} limit={available < ROOM_FOR_SEVERAL_PX ? 1 : 3}>
      <Toast.Portal>
        <Viewport />
      </Toast.Portal>
    </Toast.Provider>
  );
}

function Viewport() {
  const { left, width, bottom } = useStore(laneStore);
  // React's own type knows no custom properties.
  const place: Record<string, string> = {
    "--lane-left": `${left}px`,
    "--lane-width": `${width}px`,
    "--lane-bottom": `${bottom}px`,
  };
  const viewport = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = viewport.current;
    if (!element) return;
    const root = document.documentElement;
    const resized = new ResizeObserver(() => {
      laneStore.setState({ taken: element.offsetHeight });
      root.style.setProperty("--toasts", `${element.offsetHeight}px`);
    });
    resized.observe(element);
    return () => resized.disconnect();
  }, []);
  return (
    <Toast.Viewport ref={viewport} className={styles["viewport"]} style={place as CSSProperties}>
      <List />
    </Toast.Viewport>
  );
}

function List() {
  const { toasts } = Toast.useToastManager();
  return toasts.map((item) => (
    <Toast.Root key={item.id} toast={item} className={styles["toast"]} swipeDirection="right">
      <Toast.Content className={styles["content"]}>
        <div className={styles["text"]}>
          <Toast.Title className={styles["title"]} />
          <Toast.Description className={styles["description"]} />
        </div>
        {item.actionProps && <Toast.Action render={<Button size="small" />} />}
        <Toast.Close
          render={
            <IconButton label={t("ui.dismiss")} size="small">
              <X size={14} />
            </IconButton>
          }
        />
      </Toast.Content>
    </Toast.Root>
  ));
}
