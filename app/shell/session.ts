import { refreshGallery } from "../gallery/gallery-items.ts";
import { refreshPastRuns } from "../history/past-runs.ts";
import { refreshForecast, watchForecast } from "../runs/forecast.ts";
import { watchOutdated } from "../runs/outdated-posts.ts";
import { watchApprovals } from "../runs/waiting-posts.ts";
import { documentsStore, mayClose } from "../stores/documents.ts";
import { graphStore } from "../stores/graph.ts";
import { refreshInterrupted, refreshOpenPosts, refreshQueue } from "../stores/open-work.ts";
import { postsStore } from "../stores/posts.ts";
import { loadPreferences } from "../stores/preferences.ts";
import { historyStore, refreshHistory } from "../stores/run-history.ts";
import { forgetAccounts, refreshCatalogue, serverStore, startServer } from "../stores/server.ts";
import { studio } from "../stores/studio.ts";
import { followTakes } from "../takes/takes-store.ts";
import { toast } from "../ui/toasts.tsx";

/** Ties the stores to the studio for the life of the window. Called once, before the first render. */
export function startSession(): void {
  startServer();
  studio.onUp((up) => {
    if (!up) return;
    void loadPreferences();
    void refreshCatalogue();
    void documentsStore.getState().restore().then(documentsStore.getState().openOffered);
    void refreshHistory(historyStore.getState().graphId);
    void refreshInterrupted();
    void refreshOpenPosts();
    void refreshQueue();
  });
  studio.follow(
    (signal) => studio.client.studio.watch(undefined, { signal }),
    (event) => {
      switch (event.type) {
        case "connection":
          serverStore.setState({ connection: event.connection });
          return;
        case "catalogue":
          void refreshCatalogue().then(refreshForecast);
          return;
        case "runs":
          void refreshHistory(historyStore.getState().graphId);
          void refreshInterrupted();
          refreshPastRuns();
          resultsChanged();
          return;
        case "queue":
          void refreshQueue();
          refreshGallery();
          return;
        case "gallery":
          resultsChanged();
          return;
        case "documents":
          void documentsStore.getState().refreshLists();
          return;
        case "document":
          documentsStore.getState().heard(event);
          return;
        case "files-offered":
          void documentsStore.getState().openOffered();
          return;
        case "ledger":
          postsStore.getState().refresh();
          void refreshOpenPosts();
          return;
        case "preferences":
          void loadPreferences();
          return;
        default:
          event satisfies never;
      }
    },
  );
  serverStore.subscribe(({ connection: now }, { connection: before }) => {
    if (now?.origin === before?.origin && now?.account?.accountId === before?.account?.accountId) return;
    forgetAccounts();
    refreshForecast();
  });
  graphStore.subscribe((state, before) => {
    if (state.graph?.id !== before.graph?.id) void refreshHistory(state.graph?.id);
  });
  graphStore.subscribe(({ told }, before) => {
    if (told && told !== before.told) toast({ id: "undo", title: told.text });
  });
  documentsStore.subscribe(({ notices }) => {
    if (notices.length === 0) return;
    for (const title of documentsStore.getState().drainNotices()) toast({ title });
  });
  watchForecast();
  watchApprovals();
  watchOutdated();
  followTakes();
  guardClosing();
  studio.connect();
}

/** What a run has made the next one need not make; what was deleted it must. */
function resultsChanged(): void {
  refreshGallery();
  refreshForecast();
}

function guardClosing(): void {
  const keepNow = () => void documentsStore.getState().keepNow();
  window.addEventListener("pagehide", () => {
    keepNow();
    documentsStore.getState().rememberSteps();
  });
  document.addEventListener("visibilitychange", () => {
    keepNow();
    // Another process on this data folder tells nothing of what it keeps.
    if (document.visibilityState === "visible") void documentsStore.getState().look();
  });
  window.addEventListener("beforeunload", (event) => {
    keepNow();
    const { graph } = graphStore.getState();
    const empty = !graph || graph.nodes.length === 0;
    if (!empty && !mayClose(documentsStore.getState().keeping)) event.preventDefault();
  });
}
