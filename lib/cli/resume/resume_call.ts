import type { DecisionRequest } from "../../run/options/transaction_options.ts";
import type { ScopeRequest } from "../../state/run_scope.ts";
import type { Encoded } from "../../values/json.ts";

/** A longer sleep ends the run of a command, so that the journal is free for other commands. */
export const MAX_IDLE_MS = 60_000;

/** The words of a `resume` command. */
export interface ResumeCall {
  readonly decisions: readonly DecisionRequest[];
  readonly scope?: ScopeRequest;
  /** Where the program is now, if it was moved. */
  readonly home: string | undefined;
  readonly keep: boolean;
  readonly now: boolean;
  /** Says nothing about attempts that failed and are made again. */
  readonly isQuiet: boolean;
  readonly trust: boolean;
  readonly acceptChanges: boolean;
  readonly dryRun: boolean;
  /** With `dryRun`: all modules are loaded. */
  readonly load: boolean;
  /** With `dryRun`: the result is printed as JSON. */
  readonly json: boolean;
  /** Hides secrets in what is printed. */
  readonly redact: (encoded: Encoded) => Encoded;
}
