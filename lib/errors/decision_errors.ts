import { JournalError } from "./journal_error.ts";

/**
 * A decision cannot be taken: there is no such step, it is finished, or a later step needs its value.
 *
 * @example
 * ```ts
 * import { DecisionRefused, Transaction } from "@x/resumable-tx";
 *
 * // Skips a step, unless a later one needs its value.
 * export async function leaveOut(journal: string, step: string): Promise<string> {
 *   try {
 *     await Transaction.resume(journal, { decisions: [{ step, decision: "skip" }] });
 *     return "the rest is done";
 *   } catch (error) {
 *     if (error instanceof DecisionRefused) return `step ${error.step} stays: ${error.message}`;
 *     throw error;
 *   }
 * }
 * ```
 */
export class DecisionRefused extends JournalError {
  /** Id of the step that the decision was about; empty when it was about the transaction as a whole. */
  readonly step: string;
  /**
   * Which rule refused it: `"finished"`, `"needed"` (a later step needs the value), `"rolling back"`, … Absent if the
   * decision itself is invalid.
   */
  readonly code: string | undefined;

  /** Thrown before anything is written. */
  constructor(
    journal: string,
    step: string,
    message: string,
    options: ErrorOptions & Partial<Pick<DecisionRefused, "code">> = {},
  ) {
    super(journal, message, options);
    this.step = step;
    this.code = options.code;
  }
}
