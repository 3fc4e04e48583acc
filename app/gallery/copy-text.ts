import { toast } from "../ui/toasts.tsx";

/** @param what "Prompt", "Text": what the person is told was copied. */
export async function copyText(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast({ title: `${what} copied.` });
  } catch {
    toast({ title: "The clipboard was not available.", description: text, look: "danger" });
  }
}
