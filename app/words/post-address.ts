/**
 * Where a post can be looked at, from the permalink the server gave. `undefined` for the sandbox's, whose names end in
 * `.invalid` because they lead nowhere (RFC 2606), and for anything but a web page.
 */
export function postAddress(permalink: string | undefined): string | undefined {
  const url = URL.parse(permalink ?? "");
  if (url?.protocol !== "https:" || url.hostname.endsWith(".invalid")) return undefined;
  return url.href;
}
