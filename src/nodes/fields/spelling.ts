const american: Readonly<Record<string, string>> = {
  color: "colour",
  colors: "colours",
  center: "centre",
  centered: "centred",
  gray: "grey",
  canceled: "cancelled",
  canceling: "cancelling",
};

/**
 * Words that were made of an API's names, in the spelling of the rest of the window: "Text color" becomes "Text colour".
 * What the API is asked with stays as it is.
 */
export function inOurSpelling(words: string): string {
  return words.replace(/[a-z]+/gi, (word) => {
    const ours = american[word.toLowerCase()];
    if (ours === undefined) return word;
    return word.charAt(0) === word.charAt(0).toUpperCase()
      ? ours.charAt(0).toUpperCase() + ours.slice(1)
      : ours;
  });
}
