import { readFile } from "node:fs/promises";
import { get } from "node:http";
import { join } from "node:path";
import { z } from "zod";
import {
  ALIVE_FOR_PARENT,
  ALIVE_PATH,
  addressFile,
  type SandboxAddress,
  sandboxAddress,
} from "../../sandbox/presence.ts";

/** Longer than a sandbox that lives takes to say who it is, in milliseconds. */
const ANSWER_MS = 5_000;

/** A sandbox that somebody of this data folder runs, and that goes on while we attend. */
export type LivingSandbox = {
  readonly address: SandboxAddress;
  /** Called once when it is gone; not when we went. */
  onGone(listener: () => void): void;
  /** It may end as far as we are concerned. */
  leave(): void;
};

/**
 * The sandbox of this state folder that lives now. Whoever answers at its address must be who lives in the folder.
 *
 * @param asParent whether this process started it, and it learns by the channel between them when we go.
 */
export async function attendSandbox(
  stateFolder: string,
  { asParent }: { readonly asParent: boolean },
): Promise<LivingSandbox | undefined> {
  const address = await readJson(addressFile(stateFolder), sandboxAddress);
  const who = await readJson(join(stateFolder, "identity.json"), identityFile);
  if (!address || address.identity !== who?.identity) return undefined;
  const { promise, resolve } = Promise.withResolvers<LivingSandbox | undefined>();
  const listeners = new Set<() => void>();
  let isOver = false;
  const over = () => {
    resolve(undefined);
    if (isOver) return;
    isOver = true;
    for (const listener of listeners) listener();
  };
  const url = new URL(asParent ? ALIVE_FOR_PARENT : ALIVE_PATH, address.url);
  const request = get(url, { agent: false }, (answer) => {
    clearTimeout(timer);
    answer.on("error", () => undefined).once("close", over);
    answer.resume();
    if (answer.headers["x-catwalk-sandbox"] !== address.identity) {
      request.destroy();
      return;
    }
    // Attending is no work that keeps a process from ending.
    answer.socket.unref();
    resolve({
      address,
      onGone: (listener) => void (isOver ? queueMicrotask(listener) : listeners.add(listener)),
      leave() {
        isOver = true;
        request.destroy();
      },
    });
  });
  const timer = setTimeout(() => request.destroy(), ANSWER_MS);
  // Every one of its errors: it may break once more while it is let go.
  request.on("error", over).once("close", () => clearTimeout(timer));
  return await promise;
}

const identityFile = z.object({ identity: z.string().min(1) });

/** Undefined for a file that is not there or says something else. */
async function readJson<Content>(path: string, schema: z.ZodType<Content>): Promise<Content | undefined> {
  try {
    return schema.safeParse(JSON.parse(await readFile(path, "utf8"))).data;
  } catch {
    return undefined; // whoever lives there says so in another way
  }
}
