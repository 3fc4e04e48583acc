import { Toast } from "@base-ui/react/toast";
import { X } from "lucide-react";
import { Button, IconButton } from "./button.tsx";
import styles from "./toasts.module.css";

const manager = Toast.createToastManager();

export type ToastOptions = {
  /** A later toast with the same takes its place. */
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
    ...(id === undefined ? {} : { id }),
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

/** Where toasts appear. Mounted once. */
export function Toasts() {
  return (
    <Toast.Provider toastManager={manager} limit={3}>
      <Toast.Portal>
        <Toast.Viewport className={styles["viewport"]}>
          <List />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
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
            <IconButton label="Dismiss" size="small">
              <X size={14} />
            </IconButton>
          }
        />
      </Toast.Content>
    </Toast.Root>
  ));
}
