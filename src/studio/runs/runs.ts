import { join } from "node:path";
import type { Clock } from "../../base/clock.ts";
import type { Editor } from "../../editing/editor.ts";
import type { EngineLimits, Saver } from "../../engine/index.ts";
import type { Library } from "../../library/index.ts";
import { createTurns } from "../ground/turns.ts";
import { createLocalEditor } from "../media/local-editor.ts";
import type { StudioMedia } from "../media/media-store.ts";
import type { ServerShares } from "../server/server-shares.ts";
import { createLocalRuns } from "./local-runs.ts";
import { createRunOpener } from "./open-run.ts";
import { createRestingRuns, type RestingRuns } from "./resting-runs.ts";
import { createRunCommands, type RunCommands } from "./run-commands.ts";
import { createRunPosts, type RunPosts } from "./run-posts.ts";
import { createRunReads, type RunReads } from "./run-reads.ts";
import { createRunStarts, type RunStarts } from "./run-starts.ts";
import { createRunSummaries } from "./run-summary.ts";
import { createSurvivalWatch } from "./run-survival.ts";
import { createQueueOfRuns, type StudioQueue } from "./studio-queue.ts";

export type StudioRuns = {
  readonly starts: RunStarts;
  readonly reads: RunReads;
  readonly commands: RunCommands;
  readonly resting: Pick<RestingRuns, "get">;
  readonly queue: StudioQueue;
  readonly posts: RunPosts;
  onChange(listener: () => void): () => void;
  /** Leaves every run unfinished for a later process; awaits creates in flight. */
  stop(): Promise<void>;
};

export async function createStudioRuns(deps: {
  readonly library: Library;
  readonly media: StudioMedia;
  readonly editor: Editor;
  readonly clock: Clock;
  random(): number;
  readonly homeFolder: string;
  savedSaver(): Saver;
  readonly servers: ServerShares;
  readonly limits: EngineLimits;
}): Promise<StudioRuns> {
  const { library, media, clock, random, savedSaver, servers, limits } = deps;
  const listeners = new Set<() => void>();
  const onChange = () => {
    for (const listener of listeners) listener();
  };
  const local = createLocalRuns();
  const turns = createTurns();
  const summaries = createRunSummaries({ library, local });
  const queue = await createQueueOfRuns({ library, clock, local, summaries, turns });
  const posts = createRunPosts({ library, clock, local, turns });
  const resting = createRestingRuns({ library, clock, local, isWaiting: queue.isWaiting });
  const survival = createSurvivalWatch({ library, clock, local });
  const open = createRunOpener({
    ...{ library, media, clock, random, savedSaver, limits, servers, local, queue, posts, onChange },
    editor: createLocalEditor(deps.editor, join(deps.homeFolder, "renders")),
  });

  return {
    starts: createRunStarts({ library, clock, local, resting, queue, survival, turns, open, onChange }),
    reads: createRunReads({ library, clock, local, queue, summaries }),
    commands: createRunCommands({ library, local, resting, queue, turns, onChange }),
    resting,
    queue: queue.queue,
    posts,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async stop() {
      queue.close();
      await Promise.all(local.all().map(({ run }) => run.stop()));
      await survival.ended();
    },
  };
}
