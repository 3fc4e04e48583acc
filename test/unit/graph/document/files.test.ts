import { posix, win32 } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  safeRelativePath,
  uploadTypeOfMime,
  uploadTypeOfName,
} from "../../../../src/graph/document/files.ts";

test.each(["a.jpg", "media/a.jpg", "media/deep/er/ä ö.png", "..a/b..c", "a...jpg", "100%.png", "日本.webp"])(
  "%s may be named",
  (path) => {
    expect(safeRelativePath(path)).toEqual({ ok: true, path });
  },
);

test("a leading ./ is taken off", () => {
  expect(safeRelativePath("./media/a.jpg")).toEqual({ ok: true, path: "media/a.jpg" });
});

test.each([
  "",
  ".",
  "..",
  "./",
  "../a.jpg",
  "media/../../a.jpg",
  "media/..",
  "/etc/passwd",
  "//server/share/a.jpg",
  "~/a.jpg",
  "~root/a.jpg",
  "C:a.jpg",
  "C:\\a.jpg",
  "c:/a.jpg",
  "\\\\server\\share",
  "media\\a.jpg",
  "..\\a.jpg",
  "a.jpg:stream",
  "file:///etc/passwd",
  "https://example.org/a.jpg",
  "data:image/png;base64,AAAA",
  "a\u0000.jpg",
  "a\n.jpg",
  "media//a.jpg",
  "media/./a.jpg",
  "media/",
  "%2e%2e/a.jpg",
  "media%2f..%2fa.jpg",
  "a%5Cb",
  "a%00.jpg",
  "... /a.jpg",
  ".. /a.jpg",
  "media/.. ",
  "a.",
  "CON",
  "media/nul.jpg",
  "com1",
  "x".repeat(2000),
])("%j is refused with a reason", (path) => {
  expect(safeRelativePath(path)).toMatchObject({ ok: false, reason: expect.stringMatching(/\.$/) });
});

test("no path that is allowed leaves the folder, on either kind of system", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "..",
      ".",
      "/",
      "\\",
      ":",
      "C:",
      "~",
      "%2e",
      "\u0000",
      " ",
      "a",
      "media",
      "．．",
      "／",
      "\u202e",
    ),
    fc.string({ maxLength: 3 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const result = safeRelativePath(pieces.join(""));
      if (!result.ok) return;
      expect(posix.resolve("/graphs/mine", result.path).startsWith("/graphs/mine/")).toBe(true);
      expect(win32.resolve("D:\\graphs\\mine", result.path).startsWith("D:\\graphs\\mine\\")).toBe(true);
      expect(safeRelativePath(result.path)).toEqual(result);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ["photo.JPG", "image/jpeg"],
  ["clip.mov", "video/quicktime"],
  ["a.b.webm", "video/webm"],
  ["voice.weba", "audio/webm"],
  ["song.m4a", "audio/m4a"],
  ["notes.txt", undefined],
  ["jpg", undefined],
  ["archive.", undefined],
  [".gitignore", undefined],
])("%s is uploaded as %s", (name, mimeType) => {
  expect(uploadTypeOfName(name)?.mimeType).toBe(mimeType);
});

test("MIME types are known by their aliases and with parameters", () => {
  expect(uploadTypeOfMime("Audio/MP3")).toMatchObject({ mimeType: "audio/mpeg", kind: "audio" });
  expect(uploadTypeOfMime("video/webm; codecs=vp9")?.kind).toBe("video");
  expect(uploadTypeOfMime("application/pdf")).toBeUndefined();
});

test("a home folder hides behind no dot", () => {
  expect(safeRelativePath("./~/a.jpg").ok).toBe(false);
});

test("the reason is the one that a person can act on", () => {
  expect(safeRelativePath("../a.jpg")).toMatchObject({ reason: "The path leads out of the graph's folder." });
  expect(safeRelativePath("/home/ada/a.jpg")).toMatchObject({ reason: expect.stringContaining("absolute") });
});
