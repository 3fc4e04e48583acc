import { X } from "lucide-react";
import type { ComponentType } from "react";
import { GalleryDrawer } from "../gallery/gallery-drawer.tsx";
import { HistoryDrawer } from "../history/history-drawer.tsx";
import { NodesDrawer } from "../palette/nodes-drawer.tsx";
import { Outline } from "../palette/outline.tsx";
import { PostsDrawer } from "../posts/posts-drawer.tsx";
import { type Drawer, toggleDrawer } from "../stores/shell.ts";
import { IconButton } from "../ui/button.tsx";
import { t } from "../words/words.ts";
import styles from "./drawer-panel.module.css";
import { drawerTitles } from "./left-rail.tsx";

const contents: { readonly [Name in Drawer]: ComponentType } = {
  nodes: NodesDrawer,
  media: GalleryDrawer,
  runs: HistoryDrawer,
  outline: Outline,
  posts: PostsDrawer,
};

export function DrawerPanel({ drawer }: { readonly drawer: Drawer }) {
  const Content = contents[drawer];
  return (
    <section className={styles["drawer"]} aria-label={t(drawerTitles[drawer])}>
      <header className={styles["header"]}>
        <h2>{t(drawerTitles[drawer])}</h2>
        <IconButton size="small" label={t("shell.closeDrawer")} onClick={() => toggleDrawer(drawer)}>
          <X size={14} />
        </IconButton>
      </header>
      <div className={styles["content"]}>
        <Content />
      </div>
    </section>
  );
}
