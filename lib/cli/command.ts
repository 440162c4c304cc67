import type { CommandIo } from "./command_io.ts";

/** A command, with all that its help, its completion and its documentation say. */
export interface Command {
  /** The word that it is called by. */
  readonly name: string;
  /** What it does, in one line that starts with a verb. */
  readonly summary: string;
  /** What else a user should know, one paragraph each. */
  readonly details: readonly string[];
  /** Its plain arguments, in order. */
  readonly arguments: readonly CommandArgument[];
  /** Its options; `--help` is understood everywhere. */
  readonly options: readonly CommandOption[];
  /** Exit codes, each with what it means. */
  readonly exitCodes: readonly (readonly [code: number, meaning: string])[];
  /** Runs it and returns the exit code. */
  readonly run: (request: CommandRequest, io: CommandIo) => Promise<number>;
}

/** A plain argument. */
export interface CommandArgument {
  /** Its name in capitals. */
  readonly name: string;
  /** What it is. */
  readonly summary: string;
  /** It may be left out. */
  readonly isOptional?: true;
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
