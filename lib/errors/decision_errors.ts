import { JournalError } from "./journal_error.ts";

/** A decision cannot be taken: no such step, a step that is finished, or a value that a later step needs. */
export class DecisionRefused extends JournalError {
  /** Id of the step that the decision was about. */
  readonly step: string;

  /** Made before anything is written. */
  constructor(journal: string, step: string, message: string) {
    super(journal, message);
    this.step = step;
  }
}
