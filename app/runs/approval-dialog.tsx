import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useState } from "react";
import { platformTitle } from "../../src/nodes/publish/platforms/platforms.ts";
import { type Commands, useCommands } from "../stores/commands.ts";
import { focusNode } from "../stores/focus-node.ts";
import { useRun } from "../stores/run.ts";
import { called, studio, wordsOf } from "../stores/studio.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Switch } from "../ui/switch.tsx";
import { toast } from "../ui/toasts.tsx";
import { accountWords } from "../words/post-words.ts";
import { count, told } from "../words/words.ts";
import {
  isHeld,
  nextUnseen,
  repeatsOf,
  tickedOf,
  type WaitingPost,
  waitingPosts,
} from "./approval-choice.ts";
import styles from "./approval-dialog.module.css";
import { ApprovalList } from "./approval-list.tsx";
import { useOutdated } from "./outdated-posts.ts";
import { LargePost } from "./post-view.tsx";
import { runControlStore, useRunControl } from "./run-control.ts";
import { TickHead } from "./tick-list.tsx";
import { useSeen } from "./use-seen.ts";

const close = () => runControlStore.setState({ approval: undefined });

/** The exact posts that wait, and a person's yes to exactly those. */
export function ApprovalDialog() {
  const asked = useRunControl((state) => state.approval);
  const run = useRun((state) => (asked === undefined ? undefined : state.run));
  const outdated = useOutdated();
  const posts = useMemo(() => waitingPosts(run, outdated), [run, outdated]);
  const [only] = posts;
  const isOpen = asked !== undefined && only !== undefined;
  const view = useView(posts, asked, run?.runId, run?.serverLabel);
  const title =
    posts.length === 1 && only
      ? `Post to ${accountWords(only.post)} on ${platformTitle(only.post.platform)}?`
      : `${count(posts.length, "post")} wait for your approval`;
  return (
    <Dialog
      open={isOpen}
      onClose={close}
      wide
      modalOnly
      title={isOpen ? title : ""}
      description={`On ${run?.serverLabel ?? "the server"}. Nothing is posted until you approve; changing anything asks again.`}
      footer={isOpen && view.footer}
    >
      {isOpen && view.body}
    </Dialog>
  );
}

/** Body and buttons know the same of what is ticked and seen. */
function useView(
  posts: readonly WaitingPost[],
  asked: string | undefined,
  runId: string | undefined,
  server: string | undefined,
): { readonly body: ReactNode; readonly footer: ReactNode } {
  const commands = useCommands();
  const [chosen, setChosen] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [moved, setMoved] = useState<{ readonly key: string | undefined; readonly index: number }>();
  const [wholeKey, setWhole] = useState<string>();
  const [unasked, setUnasked] = useState(false);
  const [said, setSaid] = useState<string>();
  const [busy, setBusy] = useState(false);
  const seen = useSeen();
  const [only] = posts;
  const isSingle = posts.length === 1;
  const current = currentOf(posts, moved, asked);
  const moveTo = (index: number) => setMoved({ key: posts[index]?.key, index });
  const whole = isSingle ? only : posts.find(({ key }) => key === wholeKey);

  const ticked = isSingle && only && !isHeld(only) ? [only] : tickedOf(posts, chosen);
  const unseen = nextUnseen(posts, ticked, seen.keys, current);
  const target = unaskedTarget(ticked, server);

  useEffect(() => {
    if (asked !== undefined) return;
    setMoved(undefined);
    setWhole(undefined);
    setUnasked(false);
    setSaid(undefined);
  }, [asked]);

  const approve = async () => {
    if (ticked.length === 0 || busy) return;
    setBusy(true);
    setSaid(undefined);
    if (unasked && target && runId !== undefined) await remember(runId, target.stepId);
    const refused = await approveAll(commands, ticked);
    setBusy(false);
    setSaid(refused);
    setUnasked(false);
  };
  const next = () => {
    // A single post fills the dialog: who presses its button has it before them.
    setWhole(undefined);
    if (!isSingle && unseen !== undefined) moveTo(unseen);
    else void approve();
  };
  const tick = (which: readonly WaitingPost[], on: boolean) => {
    const changed = new Map(chosen);
    for (const { key } of which) changed.set(key, on);
    setChosen(changed);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const { target } = event;
    if (event.key !== "Enter" || !(target instanceof HTMLElement)) return;
    if (target.closest("button, a, video, textarea") || busy) return;
    event.preventDefault();
    // A repeat is meant only by a press of its button.
    if (isSingle && (repeatsOf(posts).size > 0 || unseen !== undefined)) return;
    next();
  };

  const body = (
    // biome-ignore lint/a11y/noStaticElementInteractions: Enter anywhere in the dialog is its first button
    <div className={styles["body"]} onKeyDown={onKeyDown}>
      {whole ? (
        <div ref={seen.watch(whole.key)} tabIndex={-1} className={styles["whole"]}>
          {!isSingle && (
            <Button size="small" onClick={() => setWhole(undefined)}>
              Back to all {posts.length}
            </Button>
          )}
          <LargePost waiting={whole} />
        </div>
      ) : (
        <>
          <ListHead
            posts={posts}
            ticked={ticked}
            onTick={tick}
            onRenew={(changed) => commands.renewPosts(...changed.map(({ stepId }) => stepId))}
          />
          <ApprovalList
            posts={posts}
            ticked={new Set(ticked.map(({ key }) => key))}
            seen={seen}
            current={current}
            onMove={moveTo}
            onTick={(key, on) => setChosen(new Map(chosen).set(key, on))}
            onSkip={({ stepId }) => commands.decline(stepId)}
            onWhole={setWhole}
          />
        </>
      )}
      {target && (
        <div className={styles["unasked"]}>
          <Switch label="Do not ask again" checked={unasked} onChange={setUnasked} />
          <span>
            Do not ask again when “{target.title}” posts to {accountWords(target.post)}. Repeats and doubts
            ask even so; Settings has the list.
          </span>
        </div>
      )}
      {said !== undefined && (
        <p className={styles["warning"]} role="alert">
          {said}
        </p>
      )}
    </div>
  );

  const old = isSingle && only?.outdated !== undefined;
  const isWaitingToBeSeen = !isSingle && unseen !== undefined;
  const footer = (
    <>
      {isSingle && only && (
        <Button
          look="quiet"
          onClick={() => {
            close();
            focusNode(only.nodeId);
          }}
        >
          Change
        </Button>
      )}
      <Button
        disabled={busy || (!isSingle && ticked.length === 0)}
        onClick={() => commands.decline(...(isSingle ? posts : ticked).map(({ stepId }) => stepId))}
      >
        {old ? "Discard the old post" : isSingle ? "Skip this post" : `Skip ${ticked.length || ""}`.trim()}
      </Button>
      <Button look="primary" disabled={busy || ticked.length === 0} onClick={next}>
        {isSingle
          ? "Approve and post"
          : isWaitingToBeSeen
            ? `Look at the next of ${ticked.filter(({ key }) => !seen.keys.has(key)).length} not seen`
            : `Approve and post ${ticked.length || ""}`.trim()}
      </Button>
    </>
  );
  return { body, footer };
}

function ListHead({
  posts,
  ticked,
  onTick,
  onRenew,
}: {
  readonly posts: readonly WaitingPost[];
  readonly ticked: readonly WaitingPost[];
  readonly onTick: (which: readonly WaitingPost[], on: boolean) => void;
  readonly onRenew: (changed: readonly WaitingPost[]) => void;
}) {
  const changed = posts.filter(({ outdated }) => outdated !== undefined);
  const repeats = repeatsOf(posts);
  const fresh = posts.filter(({ key }) => !repeats.has(key));
  return (
    <TickHead>
      <span role="status">
        {ticked.length} of {posts.length} ticked
      </span>
      {changed.length > 0 && (
        <>
          <span className={styles["note"]}>
            {count(changed.length, "post")} {changed.length === 1 ? "is" : "are"} out of date
          </span>
          <Button size="small" look="quiet" onClick={() => onRenew(changed)}>
            Run again with the change
          </Button>
        </>
      )}
      {repeats.size > 0 ? (
        <>
          <span className={styles["note"]}>{count(repeats.size, "post")} would repeat an earlier one</span>
          {fresh.length > 0 && (
            <Button size="small" look="quiet" onClick={() => onTick(fresh, true)}>
              Tick the {fresh.length} new
            </Button>
          )}
        </>
      ) : (
        <Button size="small" look="quiet" onClick={() => onTick(posts, true)}>
          Tick all
        </Button>
      )}
      <Button size="small" look="quiet" disabled={ticked.length === 0} onClick={() => onTick(posts, false)}>
        Tick none
      </Button>
    </TickHead>
  );
}

/** Where the person is: at the same post while others come and go, else at its place, else at the one that asked. */
function currentOf(
  posts: readonly WaitingPost[],
  moved: { readonly key: string | undefined; readonly index: number } | undefined,
  asked: string | undefined,
): number {
  const same = posts.findIndex(({ key }) => key === moved?.key);
  if (same >= 0) return same;
  const place = moved?.index ?? posts.findIndex(({ stepId }) => stepId === asked);
  return Math.max(0, Math.min(place, posts.length - 1));
}

/** What "do not ask" would be about: one node and account. In the sandbox nothing that could be spared is asked. */
function unaskedTarget(ticked: readonly WaitingPost[], server: string | undefined): WaitingPost | undefined {
  const [first] = ticked;
  const isOne = ticked.every(
    ({ nodeId, post }) => nodeId === first?.nodeId && post.accountId === first.post.accountId,
  );
  return isOne && server !== "Sandbox" ? first : undefined;
}

/** Gives what to say when some were not taken. */
async function approveAll(
  { approveMany }: Pick<Commands, "approveMany">,
  posts: readonly WaitingPost[],
): Promise<string | undefined> {
  const answers = await approveMany(posts.map(({ stepId, post }) => ({ stepId, digest: post.digest })));
  const refused = answers?.filter((answer) => !answer.ok) ?? [];
  const [first] = refused;
  if (!first) return undefined;
  if (answers?.length === 1) return told(first);
  return `${count(refused.length, "post")} of ${answers?.length} ${refused.length === 1 ? "was" : "were"} not approved. ${told(first)}`;
}

async function remember(runId: string, stepId: string): Promise<void> {
  const answer = await called(studio.client.unasked.add({ runId, stepId }));
  if (answer.ok) return;
  const { message, remedy } = wordsOf(answer.failure);
  toast({ title: `You are asked again next time. ${message}`, description: remedy, look: "danger" });
}
