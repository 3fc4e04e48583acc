import { Boxes, History, Images, ListTree, Send, Settings } from "lucide-react";
import type { ComponentType } from "react";
import { useOpenWork } from "../stores/open-work.ts";
import { type Drawer, drawers, openOverlay, toggleDrawer, useShell } from "../stores/shell.ts";
import { IconButton } from "../ui/button.tsx";
import { t } from "../words/words.ts";
import styles from "./left-rail.module.css";

export const drawerTitles = {
  nodes: "shell.nodes",
  media: "shell.media",
  runs: "shell.runs",
  outline: "shell.outline",
  posts: "shell.posts",
} as const satisfies { readonly [Name in Drawer]: string };

const icons: { readonly [Name in Drawer]: ComponentType<{ readonly size: number }> } = {
  nodes: Boxes,
  media: Images,
  runs: History,
  outline: ListTree,
  posts: Send,
};

/** What has room beside an icon; its name says the whole number. */
const MOST_SHOWN = 99;

export function LeftRail() {
  const open = useShell((state) => state.drawer);
  const openPosts = useOpenWork((work) => work.openPosts);
  return (
    <nav className={styles["rail"]} aria-label={t("shell.drawers")}>
      {drawers.map((drawer, index) => {
        const Icon = icons[drawer];
        const waiting = drawer === "posts" ? openPosts : 0;
        const title = t(drawerTitles[drawer]);
        return (
          <IconButton
            key={drawer}
            size="large"
            side="right"
            label={waiting === 0 ? title : t("shell.drawerWaits", { title, waiting })}
            className={styles["drawer"] ?? ""}
            keys={`Alt+${index + 1}`}
            aria-pressed={open === drawer}
            onClick={() => toggleDrawer(drawer)}
          >
            <Icon size={18} />
            {waiting > 0 && (
              <span className={styles["count"]}>{waiting > MOST_SHOWN ? `${MOST_SHOWN}+` : waiting}</span>
            )}
          </IconButton>
        );
      })}
      <span className={styles["space"]} />
      <IconButton
        size="large"
        side="right"
        label={t("shell.settings")}
        keys="Mod+,"
        onClick={() => openOverlay("settings")}
      >
        <Settings size={18} />
      </IconButton>
    </nav>
  );
}
