import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { z } from "zod";

/** Who holds this open knows at once when the sandbox is gone; while somebody does, the sandbox is in use. */
export const ALIVE_PATH = "/alive";
/** The same for the process that started it, whose use ends with its channel. */
export const ALIVE_FOR_PARENT = `${ALIVE_PATH}?parent`;

/** Where the living sandbox of a state folder is. Left behind by one that was killed, so ask there who answers. */
export const sandboxAddress = z.object({
  url: z.url(),
  identity: z.string().min(1),
  pid: z.int(),
  mode: z.enum(["current", "legacy"]),
  speed: z.union([z.number(), z.literal("max")]),
  /** Whether rules make it misbehave. */
  faults: z.boolean(),
});
export type SandboxAddress = z.infer<typeof sandboxAddress>;

export const addressFile = (stateDir: string): string => join(stateDir, "address.json");

export type Presence = {
  /** Keeps this request open until its sender or the sandbox goes. */
  attend(url: URL, bindings: HttpBindings): Response;
  readonly isUsed: boolean;
  /** Called whenever the last one who held a request open has gone. */
  onUnused(listener: () => void): void;
  publish(address: SandboxAddress): void;
  /** No new one finds it, and everybody learns that it goes. */
  withdraw(): void;
};

export function createPresence(stateDir: string, identity: string): Presence {
  const attending = new Set<HttpBindings["outgoing"]>();
  const users = new Set<HttpBindings["outgoing"]>();
  const listeners = new Set<() => void>();
  const path = addressFile(stateDir);
  let published = false;

  return {
    attend({ search }, { outgoing }) {
      attending.add(outgoing);
      if (search !== "?parent") users.add(outgoing);
      outgoing.once("close", () => {
        attending.delete(outgoing);
        if (users.delete(outgoing) && users.size === 0) for (const listener of listeners) listener();
      });
      outgoing.writeHead(200, { "content-type": "text/plain", "x-catwalk-sandbox": identity });
      outgoing.flushHeaders();
      return RESPONSE_ALREADY_SENT;
    },
    get isUsed() {
      return users.size > 0;
    },
    onUnused: (listener) => void listeners.add(listener),
    publish(address) {
      // Only one sandbox at a time has the folder, so nobody else writes here.
      writeFileSync(`${path}.part`, `${JSON.stringify(address, null, 2)}\n`);
      renameSync(`${path}.part`, path);
      published = true;
    },
    withdraw() {
      if (published) rmSync(path, { force: true });
      published = false;
      for (const outgoing of attending) outgoing.destroy();
    },
  };
}
