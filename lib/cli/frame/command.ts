import type { ProgressTerminal } from "../../progress/progress_line.ts";
import { escapeForTerminal, escapeJsonText } from "../../text/escape.ts";
import { prettyJson } from "../../values/json.ts";

/** A command as data: `--help`, shell completion, `docs/command_line.md` and the parser all read it. */
export interface Command {
  readonly name: string;
  /** One line that starts with a verb. */
  readonly summary: string;
  /** What else a user should know, one paragraph each. */
  readonly details: readonly string[];
  readonly permissions: "" | "--allow-read" | "-A";
  readonly arguments: readonly CommandArgument[];
  /** `--help` is understood everywhere and not listed. */
  readonly options: readonly CommandOption[];
  /** Groups of options that exclude each other. */
  readonly alternatives?: readonly (readonly string[])[];
  readonly exitCodes: readonly ExitCode[];
  readonly examples: readonly {
    /** The words from the command on, for a shell. */
    readonly words: string;
    readonly what: string;
  }[];
  readonly run: (request: CommandRequest, io: CommandIo) => Promise<number>;
}

export type ExitCode = readonly [code: number, meaning: string];

/** What a shell offers when it completes a word: files of a kind, or these words. */
export type Completion = "journal" | "file" | "folder" | readonly string[];

export interface CommandArgument {
  /** In capitals. */
  readonly name: string;
  readonly summary: string;
  readonly isOptional?: true;
  /** Only the last argument can be repeatable. */
  readonly isRepeatable?: true;
  readonly completion: Completion;
}

export interface CommandOption {
  /** Without the dashes. */
  readonly name: string;
  /** What its value is called; an option without it is a flag. */
  readonly value?: string;
  readonly summary: string;
  readonly isRepeatable?: true;
  /** The option without which this one has no meaning. */
  readonly belongsTo?: string;
  /** Only the program itself passes it. */
  readonly isInternal?: true;
  /** What its value can be. If `value` has a comma in its name, it is a list of these words. */
  readonly completion?: Completion;
}

/** What a command was called with, checked against what it takes. */
export interface CommandRequest {
  readonly arguments: readonly string[];
  readonly flags: ReadonlySet<string>;
  /** The options with a value, in the order in which they were given. */
  readonly values: readonly { readonly name: string; readonly value: string }[];
  /** The same by name, for options that are given at most once. */
  readonly texts: ReadonlyMap<string, string>;
  /** The locator of the database in which names are looked up. */
  readonly store?: string | undefined;
  /** Closes what the command has opened, when it has ended. */
  readonly opened?: AsyncDisposableStack;
}

/** What a command uses of the world apart from journals; tests pass their own. */
export interface CommandIo {
  /** Writes to standard output: what was asked for. */
  readonly writeOut: (text: string) => void;
  /** Writes to standard error: errors, progress, what to do next. */
  readonly writeError: (text: string) => void;
  /** Standard output is a terminal that shows colours. */
  readonly wantsColour: boolean;
  /** Tells the width of the terminal that standard output is; absent if it is none. */
  readonly readColumns?: () => number;
  /** The terminal that standard error is; absent if it is none, or no line can be redrawn there. */
  readonly terminal?: ProgressTerminal;
  readonly now: () => Date;
  readonly readTextFile: (path: string) => string;
  /** Asks the user a question and returns the answer's line; absent without a terminal. */
  readonly ask?: (question: string) => Promise<string | undefined>;
  /** Opens a text in the user's editor and returns what was saved; absent without a terminal. */
  readonly editText?: (text: string) => string;
  /** Reads an environment variable, if that is permitted. */
  readonly readVariable: (name: string) => string | undefined;
}

export function writeJson(io: CommandIo, data: unknown): void {
  io.writeOut(`${escapeJsonText(prettyJson(data))}\n`);
}

/** Writes lines to standard error, escaped. */
export function writeLines(io: CommandIo, lines: readonly string[]): void {
  if (lines.length > 0) io.writeError(lines.map((line) => `${escapeForTerminal(line)}\n`).join(""));
}

/** The command line cannot be understood. Nothing was done. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
