import { expect, test } from "vitest";
import { postAddress } from "../../app/words/post-address.ts";

test("a post of a real server can be looked at, at the address the server gave", () => {
  expect(postAddress("https://www.instagram.com/p/abc/")).toBe("https://www.instagram.com/p/abc/");
});

test("a post of the sandbox has no page, and nothing but a web page is opened", () => {
  for (const permalink of [
    "https://sandbox.invalid/instagram/p/1mnqrs/",
    "javascript:alert(1)",
    "file:///etc/hosts",
    "somewhere",
    "",
  ])
    expect(postAddress(permalink), permalink).toBeUndefined();
});
