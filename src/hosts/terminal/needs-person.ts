import { amount, counted, someOf } from "../../base/words.ts";
import type { Failure, PostPreview, PostTarget, RunState, StepState } from "../../engine/record.ts";
import { isFetchable, isPostOpen, NO_OUTPUT } from "../../engine/record.ts";
import { rowKeysOf } from "../../graph/plan/step-id.ts";
import { scheduleOf, utcWords } from "../../nodes/publish/schedule.ts";
import { words } from "./words.ts";

/** What the command line was started with and a further command needs again. */
export type Place = {
  readonly home?: string;
  readonly server?: string;
};

/** A batch may have thousands; as many are told one by one. */
const SHOWN = 20;

/** How the graph of a run is run once more, in a command or in words: as it is, and with its posts sent. */
export type Rerun = { readonly plain: string; readonly posting: string };

/**
 * What each step that needs a person waits for, and the command that settles it; nothing when none does.
 *
 * @param rerun the commands that make what was left out, for a run that is not gone on with.
 */
export function needsPersonLines(state: RunState, place: Place, rerun: Rerun): string[] {
  const needs = [...state.steps.values()].flatMap((step) => {
    const need = needOf(state, step, place, rerun);
    return need ? [{ step, ...need }] : [];
  });
  if (needs.length === 0) return [];
  // What one command settles is said once.
  const groups = [
    ...Map.groupBy(needs, ({ ofAll, commands }) => ofAll?.("") ?? commands.join("\n")).values(),
  ];
  const more = groups.length - SHOWN;
  return [
    words.t("run.needsYou"),
    ...groups
      .slice(0, SHOWN)
      .flatMap((group) => [
        `  ${groupWords(group)}`,
        ...(group[0]?.commands ?? []).map((command) => `      ${command}`),
      ]),
    ...(more > 0
      ? [words.t("run.andMoreLists", { more, command: commandLine(["runs", "show", state.runId], place) })]
      : []),
  ];
}

function groupWords(group: readonly (Need & { readonly step: StepState })[]): string {
  const [first] = group;
  if (!first) return "";
  const { ofAll, step, why } = first;
  if (!ofAll || group.length === 1) return `${nameOf(step)}: ${why}`;
  const jobs = someOf(group.flatMap(({ step: { job } }) => (job ? [job.id] : [])));
  return `${counted(group.length, "step")} (${someOf(group.map((each) => nameOf(each.step)))}): ${ofAll(jobs)}`;
}

/** Of a run that was cancelled: what goes on at the server, and the command that goes on with it. */
export function cancelledLines(state: RunState, place: Place): string[] {
  const cancelled = [...state.steps.values()].flatMap(({ status }) =>
    status.kind === "cancelled" ? [status] : [],
  );
  if (cancelled.length === 0) return [];
  const jobs = cancelled.flatMap(({ job }) => (job ? [job.id] : []));
  const left =
    jobs.length === 0
      ? words.t("run.cancelledBefore")
      : jobs.length === 1
        ? words.t("run.cancelledOne", { job: jobs[0] ?? "" })
        : words.t("run.cancelledMany", { count: jobs.length, jobs: someOf(jobs) });
  return [left, `  ${resumeCommand(state.runId, [], place)}`];
}

/** Of a run whose process is ended at once: the creates that are no longer waited for, and the way on. */
export function endedAtOnceLines(state: RunState, place: Place): string[] {
  const left = [...state.steps.values()].filter(({ unanswered }) => unanswered !== undefined);
  const posts = left.filter(({ unanswered }) => unanswered?.jobKind === "publish");
  const jobs = left.filter((step) => !posts.includes(step));
  const named = (steps: readonly StepState[]) =>
    `${counted(steps.length, "step")} (${someOf(steps.map(nameOf))})`;
  return [
    ...(jobs.length === 0 ? [] : [words.t("run.endedCreate", { steps: named(jobs) })]),
    ...(posts.length === 0 ? [] : [words.t("run.endedPost", { steps: named(posts) })]),
    left.length === 0 ? words.t("run.endedAtOnce") : words.t("run.lookAtJobs"),
    `  ${resumeCommand(state.runId, [], place)}`,
  ];
}

/** The command that goes on with a run, on the server it is about. */
export function resumeCommand(runId: string, flags: readonly string[], place: Place): string {
  return commandLine(["resume", runId, ...flags, ...serverFlags(place)], place);
}

function serverFlags({ server }: Place): readonly string[] {
  return server === undefined || server === "sandbox" ? [] : ["--server", server];
}

/** What stands between a post and its going out. */
export function postWords(post: PostPreview): string {
  const { blockedBy, lastSentAt } = post;
  const schedule = scheduleOf(post.params);
  const head = `${targetWords(post)}${schedule.kind === "at" ? ` at ${utc(schedule.at)}` : ""}`;
  if (blockedBy)
    return `${head}; nobody can say whether the same media went out there before (sent ${utc(blockedBy.at)})`;
  if (lastSentAt !== undefined)
    return `${head}; the same media was sent there before (${utc(lastSentAt)}), so only a person in the app posts it again`;
  return head;
}

/** One line for each word, so that none is pasted and run undecided. */
export function settleCommands({ runId, stepId }: StepRef, place: Place): readonly string[] {
  return ["sent", "not-sent"].map((as) => commandLine(["posts", "settle", runId, stepId, "--as", as], place));
}

type StepRef = { readonly runId: string; readonly stepId: string };

/** A whole line for a shell, with the data folder it is about. */
export function commandLine(words: readonly string[], { home }: Place): string {
  return ["catwalk", ...words, ...(home === undefined ? [] : ["--home", home])].map(quoted).join(" ");
}

type Need = {
  readonly why: string;
  readonly commands: readonly string[];
  /** The same of several steps that these commands settle together; told their jobs. */
  ofAll?(jobs: string): string;
};

function needOf(state: RunState, step: StepState, place: Place, rerun: Rerun): Need | undefined {
  const { runId } = state;
  const { stepId, status, postTo } = step;
  const resume = (...flags: readonly string[]) => resumeCommand(runId, flags, place);
  const settle = settleCommands({ runId, stepId }, place);
  switch (status.kind) {
    case "waiting-for-approval": {
      const { post } = status;
      return post.blockedBy
        ? {
            why: `not posted to ${postWords(post)}. ${settleFirst}`,
            commands: settleCommands(post.blockedBy, place),
          }
        : {
            why: `not posted to ${postWords(post)}. It waits for an approval:`,
            ofAll: () => words.t("run.notPostedAll"),
            commands: [commandLine(["serve"], place)],
          };
    }
    case "in-doubt":
      return isPostOpen(step)
        ? {
            why: `${mayHaveGone(postTo)} ${sentence(words.say(status.failure.message))} ${settleFirst}`,
            commands: settle,
          }
        : {
            why: words.t("run.sendOrLeave", {
              why: sentence(words.say(status.failure.message)),
              remedy: status.failure.remedy,
            }),
            ofAll: () => words.t("run.doubtsAll"),
            commands: [resume("--in-doubt", "retry"), resume("--in-doubt", "skip")],
          };
    case "outcome-unknown":
      return {
        why: `${mayHaveGone(postTo)} ${failureWords(status.failure)}Look for its job ${status.job.id} once more, or at the account and settle it:`,
        commands: [resume(), ...settle],
      };
    case "overdue":
      return {
        why: status.failure
          ? `${failureWords(status.failure)}Job ${status.job.id} is not made again. Look for it once more:`
          : words.t("run.jobGoesOn", { job: status.job.id }),
        ofAll: (jobs) =>
          status.failure
            ? `${failureWords(status.failure)}Jobs ${jobs} are not made again. Look for them once more:`
            : words.t("run.jobsGoOn", { jobs }),
        commands: [resume()],
      };
    case "skipped":
      if (status.reason.kind === "publish-not-allowed")
        return {
          why: noPublishing,
          ofAll: () => noPublishing,
          commands: [rerun.posting],
        };
      if (status.reason.kind !== "doubt-skipped") return undefined;
      return isPostOpen(step)
        ? { why: `${mayHaveGone(postTo)} It was left so. ${settleFirst}`, commands: settle }
        : {
            why: words.t("run.leftOutOne"),
            ofAll: () => words.t("run.leftOutAll"),
            commands: [rerun.plain],
          };
    case "failed":
      return isPostOpen(step)
        ? { why: `${mayHaveGone(postTo)} ${failureWords(status.failure)}${settleFirst}`, commands: settle }
        : status.failure.code === NO_OUTPUT
          ? {
              why: words.t("run.onlyRetry", { why: sentence(words.say(status.failure.message)) }),
              commands: [commandLine(["retry", runId, stepId, ...serverFlags(place)], place)],
            }
          : undefined;
    case "succeeded":
      return missingResults(step, resume());
    default:
      return undefined;
  }
}

function missingResults({ previewFailures, outputs }: StepState, resume: string): Need | undefined {
  const failures = Object.values(previewFailures);
  const lasting = failures.filter((failure) => !isFetchable(failure));
  const [first] = lasting;
  const count = failures.length - lasting.length;
  const which = (some: number) =>
    some > 1
      ? `${amount(some)} of its results`
      : outputs.length > 1 || first
        ? "one of its results"
        : "its result";
  const never = first ? `${which(lasting.length)} cannot be fetched. ${words.say(first.remedy)}` : "";
  if (count > 0) {
    const [are, them] = count > 1 ? ["are", "them"] : ["is", "it"];
    return {
      why: `${never}${first ? ` And ` : ""}${which(count)} ${are} not here yet. To fetch ${them}, without making ${them} again:`,
      ofAll: () => words.t("run.someNotHere"),
      commands: [resume],
    };
  }
  if (!first) return undefined;
  return {
    why: never,
    ofAll: () => words.t("run.someCannot", { remedy: first.remedy }),
    commands: [],
  };
}

function failureWords(failure: Failure | undefined): string {
  return failure ? `${sentence(words.say(failure.message))} ${words.say(failure.remedy)} ` : "";
}

/** A server's own words may end without a mark, and ours follow them. */
export function sentence(text: string): string {
  return /[.!?…:]["”’]?(?: \([^()]*\))*$/.test(text) ? text : `${text}.`;
}

const noPublishing =
  "nothing was posted, because publishing needs --publish. What is made already is taken again:";
const settleFirst = "Look at the account, then say what became of it:";

function mayHaveGone(postTo: PostTarget | undefined): string {
  return `nobody can say whether the post${postTo ? ` to ${targetWords(postTo)}` : ""} went out.`;
}

function targetWords({ platform, accountName, accountId }: PostTarget): string {
  return `${platform} as ${accountName ?? accountId}`;
}

/** "Generate image · red shoe": the row, where there is one. */
export function nameOf({ title, itemPath }: Pick<StepState, "title" | "itemPath">): string {
  return [title, ...rowKeysOf(itemPath)].join(" · ");
}

export const utc = utcWords;

/** As a POSIX shell takes it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
