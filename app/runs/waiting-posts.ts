import { runStore } from "../stores/run.ts";
import { closeToast, toast } from "../ui/toasts.tsx";
import { waitingPosts } from "./approval-choice.ts";
import { runControlStore } from "./run-control.ts";

/** So long after the first post begins to wait it is told, with those that came meanwhile, in milliseconds. */
const TOLD_AFTER_MS = 800;
const TOAST_ID = "waiting";

/** Says in passing that posts wait. No dialog opens by itself: whoever types here would be typing into it. */
export function watchApprovals(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  runStore.subscribe(({ run: now }, { run: before }) => {
    if (now === before) return;
    const { approval } = runControlStore.getState();
    if (waitingPosts(now).length === 0) closeToast(TOAST_ID);
    // The dialog shows all that wait, so it stays while there are others.
    if (approval && now?.steps.get(approval)?.status.kind !== "waiting-for-approval")
      runControlStore.setState({ approval: waitingPosts(now)[0]?.stepId });
    // What waited already when it was put on show is told by the top bar alone.
    if (now?.runId !== before?.runId) clearTimeout(timer);
    else if (now && before && waitingPosts(before).length === 0 && waitingPosts(now).length > 0) {
      clearTimeout(timer);
      timer = setTimeout(tellWaiting, TOLD_AFTER_MS);
    }
  });
  // Who looks at them needs no word of them.
  runControlStore.subscribe(({ approval }) => {
    if (approval) closeToast(TOAST_ID);
  });
}

function tellWaiting(): void {
  const waiting = waitingPosts(runStore.getState().run);
  if (waiting.length === 0 || runControlStore.getState().approval) return;
  toast({
    id: TOAST_ID,
    // Others may begin to wait while it is read; the top bar counts.
    title: waiting.length === 1 ? "A post waits for you." : "Posts wait for you.",
    description: "Nothing is posted until you approve it.",
    action: { label: "Look", onPress: reviewPosts },
  });
}

/** Opens the posts of the run on show that wait, if there are any. */
export function reviewPosts(): void {
  const [first] = waitingPosts(runStore.getState().run);
  if (first) runControlStore.setState({ approval: first.stepId });
}

export function hasWaitingPosts(): boolean {
  return waitingPosts(runStore.getState().run).length > 0;
}
