import type { Said } from "../../words/message.ts";
/** Whether a run takes a command; what follows from it is told by events. */
export type CommandAnswer =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly reason: { readonly code: RefusalCode; readonly message: Said; readonly remedy: Said };
    };

type RefusalCode =
  | "unknown-step"
  | "stopping"
  | "stopped"
  | "not-running"
  | "wrong-state"
  | "already-published"
  | "in-doubt"
  | "one-by-one"
  | "dependants-running"
  | "approval-void"
  | "earlier-unsettled"
  | "nothing-unsettled"
  | "nothing-to-fetch"
  | "nothing-failed"
  | "nothing-left";

export const accepted: CommandAnswer = { ok: true };

export function refuse(code: RefusalCode, message: Said, remedy: Said): CommandAnswer {
  return { ok: false, reason: { code, message, remedy } };
}
