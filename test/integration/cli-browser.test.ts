import { chmod, readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { expect, test, vi } from "vitest";
import { cliTimeout, freshKey, openWorkFolder, startCatwalk } from "../support/catwalk-cli.ts";

test.skipIf(process.platform !== "linux")(
  "what opens the browser stands in the list of processes with a link that works once, and gets no key",
  cliTimeout,
  async () => {
    await using work = await openWorkFolder();
    const seen = join(work.path, "seen.txt");
    const opener = await work.write("bin/xdg-open", `#!/bin/sh\n{ echo "$@"; env; echo end; } > "${seen}"\n`);
    await chmod(opener, 0o755);
    const key = freshKey();
    const path = [join(work.path, "bin"), process.env["PATH"]].join(delimiter);
    const studio = startCatwalk(["serve", "--port", "0", "--home", work.home], {
      serves: true,
      env: { PATH: path, DISPLAY: ":99", CATWALK_API_KEY: key },
    });
    const [, printed = ""] = await studio.until(/listening (\S+)\n/);
    const token = new URL(printed).searchParams.get("token") ?? "";
    const text = await vi.waitFor(
      async () => {
        const written = await readFile(seen, "utf8");
        expect(written).toMatch(/\nend\n$/);
        return written;
      },
      { timeout: 180_000 },
    );
    expect(token).not.toBe("");
    expect(text).not.toContain(token);
    expect(text).not.toContain(key);
    expect(text).toContain("DISPLAY=:99");

    const [link = ""] = text.split("\n");
    const first = await fetch(link, { redirect: "manual" });
    expect([first.status, first.headers.has("set-cookie")]).toEqual([303, true]);
    const second = await fetch(link, { redirect: "manual" });
    expect([second.status, second.headers.has("set-cookie")]).toEqual([401, false]);
    studio.child.kill("SIGTERM");
    await studio.end;
  },
);
