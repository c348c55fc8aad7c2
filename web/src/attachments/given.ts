/** The files among what was dropped; folders are not. */
export function droppedFiles(given: DataTransfer): readonly File[] {
  return [...given.items]
    .filter((item) => item.kind === "file" && item.webkitGetAsEntry()?.isDirectory !== true)
    .flatMap((item) => item.getAsFile() ?? []);
}

/** The files that were pasted; none where there is text too: a picture of what was copied from a table, say. */
export function pastedFiles(given: DataTransfer): readonly File[] {
  return given.types.includes("text/plain") ? [] : [...given.files];
}
