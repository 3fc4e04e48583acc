import type { Clock } from "../../base/clock.ts";
import type { Graph } from "../../graph/document/schema.ts";
import type { Library } from "../../library/index.ts";
import type { FindProxy } from "../../wondercat/proxies.ts";
import type { SecretStore } from "./secrets.ts";

/** A child process as a host starts it: `fork` on plain Node, `utilityProcess` in Electron. */
export type ChildProcess = {
  postMessage(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  onStdout(listener: (text: string) => void): void;
  onStderr(listener: (text: string) => void): void;
  onExit(listener: (code: number | null) => void): void;
  kill(): void;
  /**
   * Tells it that we are going, so that one that may outlive us decides for itself when it ends. Not where the system
   * ends child programs with the app.
   */
  leave?(): void;
  /** From here on it keeps this process from ending no more. */
  unref?(): void;
};

export type Spawn = (
  entry: URL,
  args: readonly string[],
  options?: {
    /** Others may use it as well, so where the system can it is not ended with this process. Default false. */
    readonly mayOutlive?: boolean;
  },
) => ChildProcess;

/** Native file dialogs, where the host has them. Paths stay on this side. */
export type FileDialogs = {
  open(): Promise<string | undefined>;
  save(suggestedName: string): Promise<string | undefined>;
};

/** What a host supplies to the studio. */
export type StudioOptions = {
  readonly version: string;
  readonly host: "electron" | "web";
  /** The data folder: library, sandbox state, saved results. */
  readonly homeFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly secrets: SecretStore;
  readonly spawn: Spawn;
  /** The two child programs: sources in a checkout, bundles in the packed app. */
  readonly entries: { readonly editor: URL; readonly sandbox: URL };
  /** The folder with the example graphs and their media. */
  readonly examplesFolder: string;
  /** The example to open when the library has no document yet. Default: none, so that the first view is shown. */
  readonly firstExample?: string;
  readonly fileDialogs?: FileDialogs;
  /** Prefix of `MediaRoutes` as the window sees it. Default ".": below the window's own address. */
  readonly mediaBase?: string;
  /** Where the live server is. Default https://api.wondercat.ai; the vendor's staging server for one is elsewhere. */
  readonly liveUrl?: string;
  /** Where everything is remembered. Default: SQLite in `homeFolder`. @throws LibraryFailure */
  openLibrary?(folder: string): Promise<Library>;
  /** Default: the system's. */
  readonly clock?: Clock;
  readonly sandbox?: {
    readonly mode?: "current" | "legacy";
    readonly speed?: number | "max";
    readonly faultsFile?: string;
    /** Told in words when another process of this data folder has started the sandbox that is used. */
    onShared?(words: string): void;
  };
  /** How a server is reached where no proxy variable is set: what the system says. Default: directly. */
  readonly systemProxy?: FindProxy;
  /** How long a remote job is looked at, in milliseconds. Default: the engine's, by kind of job. */
  readonly jobDeadlineMs?: number;
  /** How long a server may take to answer once it has a request, in milliseconds. Default: the client's. */
  readonly answerMs?: number;
  /** Set by the command line: use this server and do not touch the one chosen in the app. */
  readonly server?:
    | { readonly kind: "sandbox" }
    | { readonly kind: "live" }
    | { readonly kind: "custom"; readonly url: string };
};

/** A graph with the folder its relative files lie in. */
export type GraphWithFolder = { readonly graph: Graph; readonly folder?: string };
