import type { DecisionRequest } from "../../run/options/transaction_options.ts";
import type { ScopeRequest } from "../../state/run_scope.ts";
import type { Encoded } from "../../values/json.ts";

/** A longer sleep ends the run of a command, so that the journal is free for whoever looks after it. */
export const MAX_IDLE_MS = 60_000;

/** What `resume` was told. */
export interface ResumeCall {
  /** What to do about steps. */
  readonly decisions: readonly DecisionRequest[];
  /** How much of it is to be done; all if it is absent. */
  readonly scope?: ScopeRequest;
  /** Where the program is now, if it was moved. */
  readonly home: string | undefined;
  /** The journal stays. */
  readonly keep: boolean;
  /** Pauses between attempts are not waited for. */
  readonly now: boolean;
  /** A journal that somebody else may have written is run. */
  readonly trust: boolean;
  /** Remote modules may have changed. */
  readonly acceptChanges: boolean;
  /** It is only shown what would happen. */
  readonly dryRun: boolean;
  /** For that, all modules are loaded. */
  readonly load: boolean;
  /** It is shown as JSON. */
  readonly json: boolean;
  /** Takes out of what is shown what is not to be. */
  readonly redact: (encoded: Encoded) => Encoded;
}
