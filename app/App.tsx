import { CSPProvider } from "@base-ui/react/csp-provider";
import { useMemo } from "react";
import { CommandsContext } from "./commands.ts";
import { DeleteMediaDialog } from "./gallery/delete-media-dialog.tsx";
import { ApprovalDialog } from "./runs/approval-dialog.tsx";
import { ConsentDialog } from "./runs/consent-dialog.tsx";
import { DoubtDialog } from "./runs/doubt-dialog.tsx";
import { DryRunDialog } from "./runs/dry-run-dialog.tsx";
import { createCommands } from "./runs/run-control.ts";
import { SettingsDialog } from "./settings/settings-dialog.tsx";
import { AboutDialog } from "./shell/about-dialog.tsx";
import { createActions } from "./shell/actions.ts";
import { ActionsContext } from "./shell/actions-context.ts";
import { CommandPalette } from "./shell/command-palette.tsx";
import { Layout } from "./shell/layout.tsx";
import { OpenDialog } from "./shell/open-dialog.tsx";
import { SaveAsDialog } from "./shell/save-as-dialog.tsx";
import { ShortcutsDialog } from "./shell/shortcuts-dialog.tsx";
import { TroubleDialog } from "./shell/trouble-dialog.tsx";
import { useActionKeys } from "./shell/use-action-keys.ts";
import { useGraphFileDrop } from "./shell/use-graph-file-drop.ts";
import { TableDialog } from "./table/table-section.tsx";
import { CompareDialog } from "./takes/compare-dialog.tsx";
import { Toasts } from "./ui/toasts.tsx";
import { TooltipGroup } from "./ui/tooltip.tsx";

export function App() {
  const commands = useMemo(createCommands, []);
  const actions = useMemo(() => createActions(commands), [commands]);
  useActionKeys(actions);
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
            <ConsentDialog />
            <ApprovalDialog />
            <DoubtDialog />
            <DryRunDialog />
            <DeleteMediaDialog />
            <TableDialog />
            <CompareDialog />
            <TroubleDialog />
            <Toasts />
          </TooltipGroup>
        </ActionsContext>
      </CommandsContext>
    </CSPProvider>
  );
}
