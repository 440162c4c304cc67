import { JournalError } from "./journal_error.ts";

/** The disk or the database under the journal failed. The run has ended; the journal holds what was acknowledged. */
export class JournalUnwritable extends JournalError {
  /** Made by the store, or by the run when the store has failed. */
  constructor(journal: string, message: string, options?: ErrorOptions) {
    super(journal, message, options);
  }
}

/** No room for a record. The journal is as it was before, and takes records that need no more room. */
export class StorageFull extends JournalUnwritable {}

/** The journal is not this run's any more: its file was moved or replaced, or another owner took over. */
export class Fenced extends JournalUnwritable {}
