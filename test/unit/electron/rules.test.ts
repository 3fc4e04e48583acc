import { describe, expect, test } from "vitest";
import {
  afterPageGone,
  filesToOpen,
  isOurs,
  isPermitted,
  keyStorageWords,
  opensOutside,
  schemeHeaders,
} from "../../../electron/rules.ts";

describe("only our own page is shown and gets a port", () => {
  test.each(["catwalk://app/", "catwalk://app/index.html?x#y"])("%s is ours", (address) => {
    expect(isOurs(address)).toBe(true);
  });
  // To a browser the origin of all of these but the https ones is "null", as is that of our own scheme.
  test.each([
    "file:///etc/passwd",
    "file://app/",
    "evil://app/",
    "data:text/html,x",
    "about:blank",
    "javascript:alert(1)",
    "blob:catwalk://app/1",
    "catwalk://evil/",
    "catwalk://app.evil/",
    "catwalk://app:1/",
    "catwalk://me@app/",
    "catwalk:app",
    "https://app/",
    "http://127.0.0.1/",
    "",
    "no address",
  ])("%s is not", (address) => {
    expect(isOurs(address)).toBe(false);
  });
});

describe("a start opens the graph files of its arguments, and nothing else of them", () => {
  const linux = { platform: "linux", folder: "/home/me/work" };
  const windows = { platform: "win32", folder: "C:\\Users\\me" };
  test.each([
    [
      "relative to the folder it was started in",
      ["catwalk", "a.json", "../b.catwalk.json"],
      linux,
      ["/home/me/work/a.json", "/home/me/b.catwalk.json"],
    ],
    ["the app's own folder in a checkout", ["electron", ".", "/x/A.JSON"], linux, ["/x/A.JSON"]],
    [
      "what a desktop drops on the icon",
      ["catwalk", "file:///x/a%20b.json", "file://server/x.json"],
      linux,
      ["/x/a b.json"],
    ],
    [
      "switches, Chromium's and macOS's",
      ["catwalk", "--allow-file-access-from-files", "--x=/y.json", "-psn_0_1.json", "/a.json"],
      linux,
      ["/a.json"],
    ],
    [
      "a name that looks like one, after the end of the switches",
      ["catwalk", "--", "-a.json"],
      linux,
      ["/home/me/work/-a.json"],
    ],
    [
      "a file that was named twice",
      ["catwalk", "a.json", "/home/me/work/a.json"],
      linux,
      ["/home/me/work/a.json"],
    ],
    [
      "other files, addresses and nothing",
      ["catwalk.json", "a.png", "https://x.example/a", "", "a.json\0.png", "x\0.json"],
      linux,
      [],
    ],
    [
      "drives and shares of Windows",
      ["Catwalk.exe", "D:\\a.json", "sub\\b.json", "\\\\nas\\share\\c.json", "file:///D:/d.json"],
      windows,
      ["D:\\a.json", "C:\\Users\\me\\sub\\b.json", "\\\\nas\\share\\c.json", "D:\\d.json"],
    ],
  ])("%s", (_what, argv, start, files) => {
    expect(filesToOpen({ argv, ...start })).toEqual(files);
  });
});

test("links open outside as plain web pages, and nothing else does", () => {
  expect(opensOutside("https://www.instagram.com/p/1")).toBe(true);
  for (const address of [
    "http://a.example",
    "file:///a",
    "https://me:pw@a.example",
    "evil://a",
    "mailto:a@b",
    "",
  ])
    expect(opensOutside(address)).toBe(false);
});

test("our page may write text to the clipboard; reading it, and every other permission, is denied to all", () => {
  expect(isPermitted("clipboard-sanitized-write", "catwalk://app/")).toBe(true);
  expect(isPermitted("clipboard-sanitized-write", "https://evil.example")).toBe(false);
  expect(isPermitted("clipboard-sanitized-write", undefined)).toBe(false);
  for (const permission of [
    "clipboard-read",
    "media",
    "geolocation",
    "openExternal",
    "fileSystem",
    "notifications",
  ])
    expect(isPermitted(permission, "catwalk://app/")).toBe(false);
});

test("how keys are kept is told as it is", () => {
  expect(keyStorageWords(undefined)).toBe("Encrypted by this computer's key store.");
  expect(keyStorageWords("gnome_libsecret")).toContain("gnome libsecret");
  for (const backend of ["basic_text", "unknown"]) expect(keyStorageWords(backend)).toContain("no key store");
});

test("everything under our scheme is what it says it is, and shares its window with no other page", () => {
  expect(schemeHeaders).toMatchObject({
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
  });
});

test("a page that was ended to be loaded again is loaded, and only one that died by itself is asked about", () => {
  expect(afterPageGone("killed", true)).toBe("load");
  expect(afterPageGone("crashed", false)).toBe("ask");
  expect(afterPageGone("oom", false)).toBe("ask");
  expect(afterPageGone("clean-exit", false)).toBe("nothing");
});
