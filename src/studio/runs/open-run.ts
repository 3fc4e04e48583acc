import { createHash } from "node:crypto";
import type { Clock } from "../../base/clock.ts";
import type {
  EngineDeps,
  EngineLimits,
  LocalEditor,
  PublishPolicy,
  RunLeftovers,
  RunSetup,
  Saver,
} from "../../engine/index.ts";
import { JournalFailure, type Run, resumeRun, startRun } from "../../engine/index.ts";
import type { RunEvent, RunSignal } from "../../engine/record.ts";
import type { Plan } from "../../graph/plan/plan.ts";
import type { Library } from "../../library/index.ts";
import { executorVersion, workOf } from "../../nodes/executors.ts";
import type { RunLimits } from "../contract/preflight.ts";
import type { QueueEntry } from "../contract/queue.ts";
import type { StudioMedia } from "../media/media-store.ts";
import { takeStore } from "../results/takes.ts";
import type { Server } from "../server/connection.ts";
import type { ServerShares } from "../server/server-shares.ts";
import type { LocalRuns } from "./local-runs.ts";
import { createRunFeed, type RunFeed } from "./run-feed.ts";
import { createRunKeeper } from "./run-keeper.ts";
import type { RunPosts } from "./run-posts.ts";
import type { QueueOfRuns } from "./studio-queue.ts";

/** What a host wants to hear of a run, and where it wants the results. */
export type RunHooks = {
  /** Undefined: the saved folder of the data folder. */
  saver?(runId: string): Saver;
  onEvents?(events: readonly RunEvent[]): void;
  onSignal?(signal: RunSignal): void;
};

export type Opening = {
  readonly runId: string;
  readonly plan: Plan;
  readonly server: Server;
  readonly publishPolicy: PublishPolicy;
  readonly limits: RunLimits;
  readonly toldDoubts: readonly string[] | undefined;
  readonly hooks: RunHooks;
  /** Set when the run goes on where another process was ended. */
  readonly leftovers?: RunLeftovers;
  /** Set for runs of the queue: they count, and the pause holds their creates. */
  readonly selection?: QueueEntry["selection"];
};

/** Gives a run its engine and everything that may ask of the studio, and holds it in this process from then on. */
export function createRunOpener(deps: {
  readonly library: Library;
  readonly media: StudioMedia;
  readonly editor: LocalEditor;
  readonly clock: Clock;
  random(): number;
  savedSaver(): Saver;
  readonly limits: EngineLimits;
  readonly servers: ServerShares;
  readonly local: LocalRuns;
  readonly queue: QueueOfRuns;
  readonly posts: RunPosts;
  /** A run began, came to rest or broke. */
  onChange(): void;
}): (opening: Opening) => Run {
  const { library, media, editor, clock, servers, local, queue, posts } = deps;

  /** Equal steps of other runs would wait for as long as this process lives. */
  async function leaveNumbers(runId: string): Promise<void> {
    try {
      await library.takes.leaveAll(runId);
    } catch {
      // The disk may take nothing still. A resume tries once more.
    }
  }

  return (opening) => {
    const { runId, plan, server, publishPolicy, hooks, leftovers, selection } = opening;
    const { traffic, editing } = servers.share(server);
    let feed: RunFeed | undefined;
    const engineDeps: EngineDeps = {
      clock,
      random: deps.random,
      sha256: (text) => createHash("sha256").update(text).digest("hex"),
      server: servers.remote(server),
      media: media.storeFor(server),
      editor,
      journal: createRunKeeper(library, leftovers?.events ?? [], { onPost: posts.changed, plan }),
      ledger: posts.ledger,
      mayPostUnasked: (post) => posts.unasked.allows(server.scope, post),
      takes: takeStore(library),
      saver: hooks.saver?.(runId) ?? deps.savedSaver(),
      editing,
      publishPolicy,
      limits: deps.limits,
      ...(selection ? { pause: queue.queuePause } : {}),
      onEvents(told) {
        feed?.events(told);
        hooks.onEvents?.(told);
        if (told.some(({ type }) => type === "run-settled" || type === "run-started")) {
          deps.onChange();
          void queue.advance();
        } else if (selection) queue.moved();
      },
      onSignal(signal) {
        feed?.signal(signal);
        hooks.onSignal?.(signal);
      },
    };
    const setup: RunSetup = {
      ...{ runId, plan, workOf, versionOf: executorVersion, traffic },
      toldDoubts: new Set(opening.toldDoubts),
      ...bounds(opening),
    };
    const run = leftovers ? resumeRun(setup, leftovers, engineDeps) : startRun(setup, engineDeps);
    feed = createRunFeed({ state: () => run.state(), steps: plan.steps.length, clock });
    local.add({ run, feed, selection });
    run.whenSettled().catch(async (error: unknown) => {
      if (error instanceof JournalFailure) {
        local.breakOff(runId, error);
        await leaveNumbers(runId);
      }
      deps.onChange();
      await queue.advance();
    });
    return run;
  };
}

function bounds({ limits }: Opening): Pick<RunSetup, "fresh" | "budget"> {
  const { fresh, budgetMicrodollars: limit, assumedPriceMicrodollars: assumedPrice } = limits;
  if (limit === undefined) return { fresh };
  return { fresh, budget: { limit, ...(assumedPrice === undefined ? {} : { assumedPrice }) } };
}
