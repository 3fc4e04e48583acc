/** A platform as a person reads it. */
export function platformName(platform: string): string {
  return { instagram: "Instagram", tiktok: "TikTok" }[platform] ?? platform;
}
