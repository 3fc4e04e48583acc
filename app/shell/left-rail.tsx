import { Boxes, History, Images, ListTree, Send, Settings } from "lucide-react";
import type { ComponentType } from "react";
import { IconButton } from "../ui/button.tsx";
import styles from "./left-rail.module.css";
import { type Drawer, drawers, openOverlay, toggleDrawer, useShell } from "./shell-store.ts";

export const drawerTitles: { readonly [Name in Drawer]: string } = {
  nodes: "Nodes",
  media: "Gallery",
  runs: "History",
  outline: "Outline",
  posts: "Posts",
};

const icons: { readonly [Name in Drawer]: ComponentType<{ readonly size: number }> } = {
  nodes: Boxes,
  media: Images,
  runs: History,
  outline: ListTree,
  posts: Send,
};

export function LeftRail() {
  const open = useShell((state) => state.drawer);
  return (
    <nav className={styles["rail"]} aria-label="Drawers">
      {drawers.map((drawer, index) => {
        const Icon = icons[drawer];
        return (
          <IconButton
            key={drawer}
            size="large"
            side="right"
            label={drawerTitles[drawer]}
            keys={`Alt+${index + 1}`}
            aria-pressed={open === drawer}
            onClick={() => toggleDrawer(drawer)}
          >
            <Icon size={18} />
          </IconButton>
        );
      })}
      <span className={styles["space"]} />
      <IconButton
        size="large"
        side="right"
        label="Settings"
        keys="Mod+,"
        onClick={() => openOverlay("settings")}
      >
        <Settings size={18} />
      </IconButton>
    </nav>
  );
}
