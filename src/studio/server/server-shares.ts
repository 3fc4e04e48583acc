import type { Clock } from "../../base/clock.ts";
import type { EditingMode, EngineLimits, RemoteServer } from "../../engine/index.ts";
import { createTraffic, type Traffic } from "../../engine/index.ts";
import type { Library } from "../../library/index.ts";
import type { WondercatClient } from "../../wondercat/client.ts";
import type { Server } from "./connection.ts";
import { createRemoteServer } from "./remote-server.ts";
import { timesStore } from "./times-store.ts";

/** What all runs on one server have in common. */
export type ServerShares = {
  /** What the engine may ask of it. */
  remote(server: Server): RemoteServer;
  /** By its client: a server that is looked at anew keeps its slots and its poller. */
  share(server: Server): ServerShare;
};

type ServerShare = { readonly traffic: Traffic; readonly editing: EditingMode };

/** The built-in sandbox is a process of this machine, which nobody else waits for. */
const SANDBOX_POLLS_PER_SECOND = 200;

export function createServerShares(deps: {
  readonly library: Library;
  readonly clock: Clock;
  random(): number;
  readonly limits: EngineLimits;
}): ServerShares {
  const { library, clock, limits } = deps;
  const shares = new WeakMap<WondercatClient, ServerShare>();
  const remotes = new WeakMap<Server, RemoteServer>();

  function remote(server: Server): RemoteServer {
    const known = remotes.get(server);
    if (known) return known;
    const made = createRemoteServer(server, library, clock);
    remotes.set(server, made);
    return made;
  }

  return {
    remote,
    share(server) {
      const known = shares.get(server.client);
      if (known) return known;
      const traffic = createTraffic({
        clock,
        random: deps.random,
        server: remote(server),
        limits: server.isSandbox ? { ...limits, pollsPerSecond: SANDBOX_POLLS_PER_SECOND } : limits,
        times: timesStore(library, server.scope, clock),
      });
      const made: ServerShare = { traffic, editing: editingMode(server.catalogue.remoteEditing) };
      shares.set(server.client, made);
      return made;
    },
  };
}

function editingMode(remoteEditing: "yes" | "no" | "unknown"): EditingMode {
  let mode = ({ yes: "remote", no: "local", unknown: "unknown" } as const)[remoteEditing] as
    | "remote"
    | "local"
    | "unknown";
  return {
    current: () => mode,
    learned: (learned) => {
      mode = learned;
    },
  };
}
