/** How the command line is called in messages. */
export const CLI_WORDS = "deno run -A jsr:@x/resumable-tx@0.1.0/cli";

/** What an error about a failed step says, masked. */
export function failureText(label: string, cause: string, journal: string, isUndoable = false): string {
  const undo = `\nOr undo what has happened\n  ${CLI_WORDS} rollback <folder>/${journal}`;
  return `${label} failed: ${cause}
What happened so far is in <folder>/${journal}. Look at it
  ${CLI_WORDS} inspect <folder>/${journal}
When the cause is mended, run the rest
  ${CLI_WORDS} resume <folder>/${journal}${isUndoable ? undo : ""}`;
}

/** What a program writes that does not catch this error, masked. */
export function uncaughtText(label: string, cause: string, journal: string, isUndoable = false): string {
  const text = failureText(label, cause, journal, isUndoable);
  return `error: Uncaught (in promise) TransactionAborted: ${text}\nCaused by: ${cause}`;
}
