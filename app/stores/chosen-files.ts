import { tellNotTaken } from "./not-taken.ts";

/** The browser's own dialog. The answer is empty when the person closes it. */
export function chooseFiles(what: {
  readonly accept?: string;
  readonly folder?: boolean;
  readonly several?: boolean;
}): Promise<readonly File[]> {
  return new Promise((resolve) => {
    const input = document.createElement("input");
    input.type = "file";
    if (what.accept) input.accept = what.accept;
    input.multiple = what.several ?? false;
    if (what.folder) input.webkitdirectory = true;
    input.addEventListener("change", () => resolve([...(input.files ?? [])]), { once: true });
    input.addEventListener("cancel", () => resolve([]), { once: true });
    input.click();
  });
}

/** Everything that was dropped, folders looked through. Must be asked for while the drop is being told of. */
export function droppedFiles(transfer: DataTransfer): Promise<readonly File[]> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry?.() ?? []);
  if (!entries.some(({ isDirectory }) => isDirectory)) return Promise.resolve([...transfer.files]);
  return inFolders(entries);
}

async function inFolders(entries: readonly FileSystemEntry[]): Promise<readonly File[]> {
  const unread: string[] = [];
  const read = async (entry: FileSystemEntry): Promise<readonly File[]> => {
    try {
      if (isFileEntry(entry))
        return [await new Promise<File>((resolve, reject) => entry.file(resolve, reject))];
      const found: File[] = [];
      for (const each of await entriesOf(entry)) found.push(...(await read(each)));
      return found;
    } catch {
      unread.push(entry.fullPath.slice(1));
      return [];
    }
  };
  const found = await Promise.all(entries.map(read));
  if (unread.length > 0) tellNotTaken(unread, "Check that it still exists and that you may read it.");
  return found.flat();
}

/** Whether a folder is among what was dropped. */
export function hasFolder(transfer: DataTransfer): boolean {
  return [...transfer.items].some((item) => item.webkitGetAsEntry?.()?.isDirectory);
}

async function entriesOf(entry: FileSystemEntry): Promise<readonly FileSystemEntry[]> {
  if (!isDirectoryEntry(entry)) return [];
  const reader = entry.createReader();
  const inside: FileSystemEntry[] = [];
  for (;;) {
    // It answers a hundred at a time, and nothing when there is no more.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return inside;
    inside.push(...some);
  }
}

const isFileEntry = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isDirectoryEntry = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
