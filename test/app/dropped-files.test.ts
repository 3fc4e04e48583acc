import { beforeAll, beforeEach, expect, test, vi } from "vitest";
import { addDropped } from "../../app/canvas/use-dropped-files.ts";
import type { Imported } from "../../app/stores/commands.ts";
import { graphStore } from "../../app/stores/graph.ts";
import { followGraph } from "../../app/stores/graph-view.ts";
import { toast } from "../../app/ui/toasts.tsx";
import { fileOf, graphOf } from "../support/graph-builders.ts";

vi.mock("../../app/ui/toasts.tsx", () => ({ toast: vi.fn() }));

const file = (name: string, text = "x") => new File([text], name);
const csv = (name: string) => file(name, "name\nshoe\nhat\n");
const importFile = async ({ name, size }: File): Promise<Imported> =>
  size > 0
    ? { ok: true, file: fileOf(name) }
    : { ok: false, problem: { code: "EMPTY", message: "The file is empty.", remedy: "Choose another." } };
const drop = (...files: readonly File[]) => addDropped(files, importFile, { at: { x: 0, y: 0 } });
const nodes = () => graphStore.getState().graph?.nodes ?? [];
const types = () =>
  nodes()
    .map(({ type }) => type)
    .sort();
/** What is on show in the end: a later notice with the same id stands in place of the one before. */
const notices = () => {
  const dangers = vi.mocked(toast).mock.calls.flatMap(([each]) => (each.look === "danger" ? [each] : []));
  return [...new Map(dangers.map((each) => [each.id, each])).values()];
};

beforeAll(() => followGraph());

beforeEach(() => {
  vi.mocked(toast).mockClear();
  graphStore.getState().open(graphOf([]), { unsaved: false });
});

test("a photo dropped with a file of rows that does not name it is taken beside the table, in one step", async () => {
  await drop(file("a.jpg"), csv("rows.csv"));
  expect(types()).toEqual(["table", "upload"]);
  expect(nodes().find(({ type }) => type === "upload")?.data.params["file"]).toMatchObject({ name: "a.jpg" });
  expect(notices()).toEqual([]);
  graphStore.getState().undo();
  expect(nodes()).toEqual([]);
});

test("of several files each is taken or named with the reason, in one notice", async () => {
  await drop(file("a.jpg"), file("bad.csv", "a,b\n1\n"), file("pack.zip"), file("empty.jpg", ""));
  expect(types()).toEqual(["upload"]);
  const [notice, ...others] = notices();
  expect(others).toEqual([]);
  expect(notice?.title).toBe("3 files were not taken");
  for (const words of [
    "“bad.csv”: Line 2",
    "“pack.zip”: It is no picture, video or sound",
    "“empty.jpg”: The file is empty. Choose another.",
  ])
    expect(notice?.description).toContain(words);
});

test("each of several files of rows becomes a table with the media that its rows name, in one step", async () => {
  const photo = (name: string) => file(name, `photo\n${name.replace("csv", "jpg")}\n`);
  await drop(photo("one.csv"), file("one.jpg"), photo("two.csv"), file("two.jpg"), file("beside.jpg"));
  expect(types()).toEqual(["table", "table", "upload"]);
  const cells = nodes().map(({ data }) => data.params["rows"]);
  for (const name of ["one.jpg", "two.jpg"]) expect(JSON.stringify(cells)).toContain(`"name":"${name}"`);
  const [first, second] = nodes().filter(({ type }) => type === "table");
  expect(first?.position).not.toEqual(second?.position);
  expect(notices()).toEqual([]);
  graphStore.getState().undo();
  expect(nodes()).toEqual([]);
});

test("of two files of rows the one that cannot be read is named, and the other is a table", async () => {
  await drop(csv("rows.csv"), file("bad.csv", "a,b\n1\n"));
  expect(types()).toEqual(["table"]);
  expect(notices()).toMatchObject([{ title: "“bad.csv” was not imported" }]);
});

test("rows that cannot be read are named, and what lies beside them is taken or named too", async () => {
  await drop(file("bad.csv", "a,b\n1\n"), file("a.jpg"), file("pack.zip"));
  expect(types()).toEqual(["upload"]);
  expect(notices()).toHaveLength(1);
  expect(notices()[0]?.description).toContain("“bad.csv”: Line 2: It has 1 field, but the header has 2.");
  expect(notices()[0]?.description).toContain("“pack.zip”: It is no picture");
});

test("a photo that no row names does not wait for the files that rows name", async () => {
  await drop(file("rows.csv", "photo\none.jpg\n"), file("a.jpg"));
  expect(types()).toEqual(["table", "upload"]);
  expect(notices()).toEqual([]);
});

test("a file that is refused takes its card away", async () => {
  await drop(file("empty.jpg", ""));
  expect(nodes()).toEqual([]);
  expect(notices()).toMatchObject([
    { title: "“empty.jpg” was not taken", description: "The file is empty. Choose another." },
  ]);
});
