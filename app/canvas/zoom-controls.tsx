import { useStore } from "@xyflow/react";
import { Maximize, Minus, Network, Plus, X } from "lucide-react";
import { Button, IconButton } from "../ui/button.tsx";
import { Tooltip } from "../ui/tooltip.tsx";
import { t } from "../words/words.ts";
import { type CanvasAction, canvasAction } from "./canvas-actions.ts";
import { stopTidying, useTidying } from "./tidy-up.ts";
import styles from "./zoom-controls.module.css";

/** For whoever has no wheel, or does not know its keys. */
export function ZoomControls() {
  const percent = useStore(({ transform }) => Math.round(transform[2] * 100));
  const whole = canvasAction("zoom-100");
  return (
    <div className={styles["controls"]} role="toolbar" aria-label={t("canvas.view")}>
      <Control action={canvasAction("zoom-out")}>
        <Minus size={14} />
      </Control>
      <Tooltip text={whole.label} side="top" {...(whole.keys ? { keys: whole.keys } : {})}>
        <Button size="small" look="quiet" className={styles["percent"]} onClick={whole.run}>
          {percent} %
        </Button>
      </Tooltip>
      <Control action={canvasAction("zoom-in")}>
        <Plus size={14} />
      </Control>
      <Control action={canvasAction("fit")}>
        <Maximize size={13} />
      </Control>
      <TidyControl />
    </div>
  );
}

/** While a layout is worked out, the same place gives it up. */
function TidyControl() {
  const isTidying = useTidying();
  if (!isTidying)
    return (
      <Control action={canvasAction("tidy-up")}>
        <Network size={14} />
      </Control>
    );
  return (
    <IconButton label={t("canvas.stopTidying")} size="small" side="top" keys="Escape" onClick={stopTidying}>
      <X size={14} />
    </IconButton>
  );
}

type ControlProps = { readonly action: CanvasAction; readonly children: React.ReactNode };

function Control({ action, children }: ControlProps) {
  return (
    <IconButton
      label={action.label}
      size="small"
      side="top"
      onClick={action.run}
      {...(action.keys ? { keys: action.keys } : {})}
    >
      {children}
    </IconButton>
  );
}
