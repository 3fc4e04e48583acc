import "./base.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./shell/app.tsx";
import { ErrorBoundary } from "./shell/error-boundary.tsx";
import { startSession } from "./shell/session.ts";
import { startLanguage } from "./stores/language.ts";
import { startTheme } from "./stores/theme.ts";
import { undoFieldsByWords } from "./ui/field-undo.ts";
import { leaveComposingAlone } from "./ui/key-names.ts";

leaveComposingAlone();
undoFieldsByWords();
startTheme();
await startLanguage();
startSession();

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root.");
createRoot(root).render(
  <StrictMode>
    <ErrorBoundary>
      <App />
    </ErrorBoundary>
  </StrictMode>,
);
