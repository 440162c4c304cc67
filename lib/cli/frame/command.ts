import type { ProgressTerminal } from "../../progress/progress_line.ts";

/** A command, with all that its help, its completion and its documentation say. */
export interface Command {
  /** The word that it is called by. */
  readonly name: string;
  /** What it does, in one line that starts with a verb. */
  readonly summary: string;
  /** What else a user should know, one paragraph each. */
  readonly details: readonly string[];
  /** What Deno has to permit for it: flags of `deno run`. */
  readonly permissions: "" | "--allow-read" | "-A";
  /** Its plain arguments, in order. */
  readonly arguments: readonly CommandArgument[];
  /** Its options; `--help` is understood everywhere. */
  readonly options: readonly CommandOption[];
  /** Exit codes, each with what it means. */
  readonly exitCodes: readonly (readonly [code: number, meaning: string])[];
  /** One or two examples. */
  readonly examples: readonly CommandExample[];
  /** Runs it and returns the exit code. */
  readonly run: (request: CommandRequest, io: CommandIo) => Promise<number>;
}

/** What somebody would type, and what for. */
interface CommandExample {
  /** The words from the command on, for a shell. */
  readonly words: string;
  /** What that does. */
  readonly what: string;
}

/** What may stand in a place, for shells that complete words: a kind of file, a command, or one of these words. */
export type Completion = "journal" | "file" | "folder" | "command" | readonly string[];

/** A plain argument. */
export interface CommandArgument {
  /** Its name in capitals. */
  readonly name: string;
  /** What it is. */
  readonly summary: string;
  /** It may be left out. */
  readonly isOptional?: true;
  /** It may be given several times; only the last one can. */
  readonly isRepeatable?: true;
  /** What may stand there. */
  readonly completion: Completion;
}

/** An option. */
export interface CommandOption {
  /** Its name, without the dashes. */
  readonly name: string;
  /** What its value is called; without it, the option is either there or not. */
  readonly value?: string;
  /** What it does. */
  readonly summary: string;
  /** It may be given several times. */
  readonly isRepeatable?: true;
  /** What its value may be; several words of a list stand there with commas between them. */
  readonly completion?: Completion;
}

/** What a command was called with, checked against what it takes. */
export interface CommandRequest {
  /** The plain arguments: not fewer than it needs, and not more than it takes. */
  readonly arguments: readonly string[];
  /** The options without a value. */
  readonly flags: ReadonlySet<string>;
  /** The options with a value, in the order in which they were given. */
  readonly values: readonly OptionValue[];
}

/** An option with its value. */
export interface OptionValue {
  /** The option's name. */
  readonly name: string;
  /** Its value. */
  readonly value: string;
}

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
