import { Component, type ErrorInfo, type ReactNode } from "react";
import { documentsStore } from "../stores/documents.ts";
import { graphStore } from "../stores/graph.ts";
import { Button } from "../ui/button.tsx";
import { downloadText } from "../ui/download-text.ts";
import { t } from "../words/words.ts";
import styles from "./error-boundary.module.css";

/** A bug in the window must not cost the document: it is in the library already, and can be had as a file. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, { readonly error?: Error }> {
  override state: { readonly error?: Error } = {};

  static getDerivedStateFromError(error: unknown): { readonly error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidCatch(error: Error, info: ErrorInfo): void {
    console.error(error, info.componentStack);
    void documentsStore.getState().keepNow();
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <main className={styles["page"]} role="alert">
        <div className={styles["card"]}>
          <h1>{t("shell.bug")}</h1>
          <p>{t("shell.bugText")}</p>
          <pre data-selectable>{error.message}</pre>
          <div className={styles["buttons"]}>
            <Button onClick={exportAsItIs}>{t("shell.exportGraph")}</Button>
            <Button look="primary" onClick={() => window.location.reload()}>
              {t("shell.reload")}
            </Button>
          </div>
        </div>
      </main>
    );
  }
}

/** Without the studio, which may be what is broken. */
function exportAsItIs(): void {
  const { graph } = graphStore.getState();
  if (graph) downloadText(`${JSON.stringify(graph, undefined, 2)}\n`, `${graph.name || "graph"}.json`);
}
