/** The command line was called in a way that makes no sense. Nothing was done. */
export class UsageError extends Error {
  /** The command whose help says more, if it is known. */
  readonly command: string | undefined;

  /** Says what is wrong with the words. */
  constructor(message: string, command?: string) {
    super(message);
    this.name = "UsageError";
    this.command = command;
  }
}
