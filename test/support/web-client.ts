import { type CliProcess, startCatwalk } from "./catwalk-cli.ts";
import { type SignedIn, signIn } from "./sign-in.ts";

/** `catwalk serve` as a process of its own, and a client of its contract. */
export type ServedStudio = AsyncDisposable & SignedIn & { readonly process: CliProcess };

export async function serveStudio(home: string, more: readonly string[] = []): Promise<ServedStudio> {
  const served = startCatwalk(["serve", "--no-open", "--port", "0", "--home", home, ...more], {
    serves: true,
  });
  const [, url = ""] = await served.until(/listening (\S+)\n/);
  const signedIn = await signIn(url);
  return {
    ...signedIn,
    process: served,
    async [Symbol.asyncDispose]() {
      signedIn.close();
      served.child.kill("SIGTERM");
      await served.end;
    },
  };
}
