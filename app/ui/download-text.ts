/** Hands a text to the person as a file. */
export function downloadText(text: string, fileName: string, type = "application/json"): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName;
  link.click();
  // The click has already taken what it needs; the next turn may let go.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}
