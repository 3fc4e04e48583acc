import { execFileSync } from "node:child_process";
import { mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A small file system of its own, which can really be full and really be read-only. */
export type Disk = Disposable & {
  readonly path: string;
  /** Leaves at most so many bytes. */
  fill(leaveBytes?: number): void;
  /** Makes room again. */
  empty(): void;
  setReadOnly(readOnly: boolean): void;
};

/** Mounting takes rights that only some machines give. */
export const canMount = tryMount();

export function openDisk(sizeMegabytes = 16): Disk {
  const path = mkdtempSync(join(tmpdir(), "catwalk-disk-"));
  mount("-t", "tmpfs", "-o", `size=${sizeMegabytes}m`, "tmpfs", path);
  const ballast = join(path, "ballast");
  return {
    path,
    fill(leaveBytes = 0) {
      const { bavail, bsize } = statfsSync(path);
      try {
        writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - leaveBytes)));
      } catch (error) {
        // Somebody else was writing: then it is full all the same.
        if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
      }
    },
    empty: () => rmSync(ballast, { force: true }),
    setReadOnly: (readOnly) => mount("-o", `remount,${readOnly ? "ro" : "rw"}`, path),
    [Symbol.dispose]() {
      // Lazily, because a process that was killed may not be gone yet.
      execFileSync("umount", ["-l", path]);
      rmdirSync(path);
    },
  };
}

function tryMount(): boolean {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  try {
    openDisk(1)[Symbol.dispose]();
    return true;
  } catch {
    return false;
  }
}

function mount(...args: readonly string[]): void {
  execFileSync("mount", args, { stdio: "pipe" });
}
