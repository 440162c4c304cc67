/** How the command line is called in messages. */
export const CLI_WORDS = "deno run -A jsr:@x/resumable-tx@0.1.0/cli";

/** What is offered after a failure besides resuming. */
interface FailureOffers {
  /** Something can be undone. */
  readonly isUndoable?: boolean;
  /** The value of the step is needed, so that it cannot be skipped. */
  readonly isNeeded?: boolean;
}

/** What an error about a failed step says, masked. */
export function failureText(label: string, cause: string, journal: string, offers: FailureOffers = {}): string {
  const [step = ""] = label.match(/[\d.]+/) ?? [];
  const resume = `  ${CLI_WORDS} resume <folder>/${journal}`;
  return [
    `${label} failed: ${cause}`,
    "See what has happened",
    `  ${CLI_WORDS} inspect <folder>/${journal}`,
    "When you have fixed the cause, run the rest",
    resume,
    ...(offers.isNeeded === true
      ? [`You did step ${step} by hand: pass its value`, `${resume} --done ${step} --result JSON`]
      : [`Skip step ${step}`, `${resume} --skip ${step}`]),
    ...(offers.isUndoable === true ? ["Undo what has happened", `  ${CLI_WORDS} rollback <folder>/${journal}`] : []),
  ].join("\n");
}

/** What a program writes that does not catch this error, masked. */
export function uncaughtText(label: string, cause: string, journal: string, offers: FailureOffers = {}): string {
  const text = failureText(label, cause, journal, offers);
  return `error: Uncaught (in promise) TransactionAborted: ${text}\nCaused by: ${cause}`;
}
