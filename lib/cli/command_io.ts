import type { ProgressTerminal } from "./progress_line.ts";

/** What a command touches of the world besides journals; tests put their own in its place. */
export interface CommandIo {
  /** Writes what was asked for. */
  readonly writeOut: (text: string) => void;
  /** Writes everything else: errors, progress, what to do next. */
  readonly writeError: (text: string) => void;
  /** What was asked for is shown to a person, who wants colours. */
  readonly wantsColour: boolean;
  /** How wide the terminal is that shows what was asked for; absent where it goes elsewhere. */
  readonly readColumns?: () => number;
  /** The terminal that standard error goes to; absent where it goes elsewhere, or no line can be redrawn there. */
  readonly terminal?: ProgressTerminal;
  /** What time it is. */
  readonly now: () => Date;
  /** Reads a text file that an option names. */
  readonly readTextFile: (path: string) => string;
  /** Asks a person a question and returns the answer's line; absent where nobody sits at a terminal. */
  readonly ask?: (question: string) => Promise<string | undefined>;
  /** Opens a text in a person's editor and returns what it was made into; absent where nobody sits at a terminal. */
  readonly editText?: (text: string) => string;
  /** Reads an environment variable, if that is permitted. */
  readonly readVariable: (name: string) => string | undefined;
}
