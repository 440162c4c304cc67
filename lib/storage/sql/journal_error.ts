import { JournalDamaged, JournalRefused } from "../../errors/opening_errors.ts";
import { JournalUnwritable, StorageFull } from "../../errors/storage_errors.ts";
import { quote, safeText } from "../../text/escape.ts";
import { DatabaseError } from "./database.ts";

/** What a caller gets for an error of the database. Other errors stay as they are. */
export function toJournalError(journal: string, error: unknown, verb: "read" | "write"): unknown {
  if (!(error instanceof DatabaseError)) return error;
  const { message, trouble } = error;
  const what = `Cannot ${verb} ${quote(journal)}: ${safeText(message)}`;
  const options = { cause: error };
  switch (trouble) {
    case "full":
      return new StorageFull(journal, `${what}. Nothing was changed. Make room and resume`, options);
    case "away":
    case "failed":
    case "data":
      return new JournalUnwritable(journal, what, options);
    case "damaged":
      return verb === "read"
        ? new JournalDamaged(journal, 0, message, options)
        : new JournalUnwritable(journal, what, options);
    case "refused":
      return verb === "read" ? new JournalRefused(journal, message) : new JournalUnwritable(journal, what, options);
    default:
      return trouble satisfies never;
  }
}
