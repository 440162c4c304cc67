/** What a command touches of the world besides journals; tests put their own in its place. */
export interface CommandIo {
  /** Writes what was asked for. */
  readonly writeOut: (text: string) => void;
  /** Writes everything else: errors, progress, what to do next. */
  readonly writeError: (text: string) => void;
  /** What was asked for is shown to a person, who wants colours. */
  readonly wantsColour: boolean;
  /** Reads a text file that an option names. */
  readonly readTextFile: (path: string) => string;
  /** Asks a person a question and returns the answer's line; absent where nobody sits at a terminal. */
  readonly ask?: (question: string) => string | undefined;
  /** Reads an environment variable, if that is permitted. */
  readonly readVariable: (name: string) => string | undefined;
}
