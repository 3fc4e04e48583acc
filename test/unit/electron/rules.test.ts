import { describe, expect, test } from "vitest";
import {
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
