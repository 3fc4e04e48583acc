import { dialog } from "electron";

/** Whether the first of the two is chosen; closing the question is the second. */
export function ask(message: string, detail: string, buttons: [yes: string, no: string]): boolean {
  return dialog.showMessageBoxSync({ message, detail, buttons, defaultId: 1, cancelId: 1 }) === 0;
}
