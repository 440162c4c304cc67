import { escapeForTerminal } from "../values/escape_for_terminal.ts";
import { escapeMessage, JournalError, quote } from "./journal_error.ts";

/** A new transaction was given the name of a journal that is there already. */
export class JournalExists extends JournalError {
  /** Made by the store that refused to create the journal. */
  constructor(journal: string, options?: ErrorOptions) {
    super(
      journal,
      `Cannot create ${quote(journal)}: it exists already. Resume or delete it, name another journal, or set ` +
        `ifExists: "resume"`,
      options,
    );
  }
}

/** The plan in the journal is not the plan that the program made now (`ifExists: "resume"`). */
export class PlanDiffers extends JournalError {
  /** What differs first, in words. */
  readonly difference: string;

  /** Made when the two plans have been compared. */
  constructor(journal: string, difference: string) {
    super(
      journal,
      `Cannot go on with ${quote(journal)}: the program's plan differs from the journal's: ${
        escapeForTerminal(difference)
      }. Finish the ` +
        `journal with the command line's resume, or start a new one under another name`,
    );
    this.difference = difference;
  }
}

/** A step's module or export cannot be used: missing, not a function, not permitted, or not allowed. */
export class ModuleUnavailable extends Error {
  /** The module's URL as the journal has it. */
  readonly module: string;
  /** The export's name, when the module as such is there. */
  readonly export: string | undefined;

  /** Made by the folder that loads modules. */
  constructor(module: string, exportName: string | undefined, message: string, options?: ErrorOptions) {
    super(escapeMessage(message), options);
    this.name = "ModuleUnavailable";
    this.module = module;
    this.export = exportName;
  }
}
