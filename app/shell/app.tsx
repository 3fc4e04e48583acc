import { CSPProvider } from "@base-ui/react/csp-provider";
import { useMemo } from "react";
import { DeleteMediaDialog } from "../gallery/delete-media-dialog.tsx";
import { Lightbox } from "../gallery/lightbox.tsx";
import { ApprovalDialog } from "../runs/approval-dialog.tsx";
import { ConsentDialog } from "../runs/consent-dialog.tsx";
import { DoubtDialog } from "../runs/doubt-dialog.tsx";
import { DoubtsDialog } from "../runs/doubts-dialog.tsx";
import { DryRunDialog } from "../runs/dry-run-dialog.tsx";
import { createCommands } from "../runs/run-commands.ts";
import { SettingsDialog } from "../settings/settings-dialog.tsx";
import { CommandsContext } from "../stores/commands.ts";
import { useLanguage } from "../stores/language.ts";
import { TableDialog } from "../table/table-section.tsx";
import { CompareDialog } from "../takes/compare-dialog.tsx";
import { Toasts } from "../ui/toasts.tsx";
import { TooltipGroup } from "../ui/tooltip.tsx";
import { AboutDialog } from "./about-dialog.tsx";
import { createActions } from "./actions.ts";
import { ActionsContext } from "./actions-context.ts";
import { ChangedFileDialog } from "./changed-file-dialog.tsx";
import { CommandPalette } from "./command-palette.tsx";
import { Layout } from "./layout.tsx";
import { OpenDialog } from "./open-dialog.tsx";
import { SaveAsDialog } from "./save-as-dialog.tsx";
import { ShortcutsDialog } from "./shortcuts-dialog.tsx";
import { TroubleDialog } from "./trouble-dialog.tsx";
import { useActionKeys, useWheelZoomsNoPage } from "./use-action-keys.ts";
import { useGraphFileDrop } from "./use-graph-file-drop.ts";

export function App() {
  // Drawn anew in another language, so that no part of it has to follow the words.
  return <Spoken key={useLanguage()} />;
}

function Spoken() {
  const commands = useMemo(createCommands, []);
  const actions = useMemo(() => createActions(commands), [commands]);
  useActionKeys(actions);
  useWheelZoomsNoPage();
  useGraphFileDrop();
  return (
    <CSPProvider disableStyleElements>
      <CommandsContext value={commands}>
        <ActionsContext value={actions}>
          <TooltipGroup>
            <Layout />
            <CommandPalette />
            <OpenDialog />
            <SaveAsDialog />
            <ShortcutsDialog />
            <SettingsDialog />
            <AboutDialog />
            <Lightbox />
            <ConsentDialog />
            <ApprovalDialog />
            <DoubtsDialog />
            <DoubtDialog />
            <DryRunDialog />
            <DeleteMediaDialog />
            <TableDialog />
            <CompareDialog />
            <ChangedFileDialog />
            <TroubleDialog />
            <Toasts />
          </TooltipGroup>
        </ActionsContext>
      </CommandsContext>
    </CSPProvider>
  );
}
