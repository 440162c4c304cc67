import { inspectJournal } from "../inspect/inspect_journal.ts";
import { paintForTerminal, paintNothing } from "../inspect/paint.ts";
import { renderInspection } from "../inspect/render_inspection.ts";
import { readJournalArgument } from "./read_journal_argument.ts";
import { FileStore } from "../storage/file_store.ts";
import { escapeJsonText } from "../values/escape_text.ts";
import type { Command, CommandRequest } from "./command.ts";
import type { CommandIo } from "./command_io.ts";
import { EXIT } from "./exit_code.ts";
import { requirePermission } from "./require_permission.ts";

/** `inspect`: shows what a journal holds. */
export const inspectCommand: Command = {
  name: "inspect",
  summary: "Shows what a journal holds: what has happened, what is left, and what to type next",
  details: [
    "Only reads, also while the transaction is being run, and imports nothing of it. Needs --allow-read alone.",
    "A plan of more than 60 steps is summed up around what matters.",
  ],
  arguments: [{ name: "JOURNAL", summary: "path or file: URL of the journal" }],
  options: [
    { name: "all", summary: "shows every step" },
    { name: "json", summary: "writes everything as JSON" },
  ],
  exitCodes: [
    [EXIT.finished, "shown, whatever the transaction's status"],
    [EXIT.usage, "called in a way that makes no sense"],
    [EXIT.damaged, "the journal is damaged, or of a newer format"],
    [EXIT.notFound, "no such journal"],
    [EXIT.refused, "the journal may not be read"],
  ],
  run: inspect,
};

async function inspect(request: CommandRequest, io: CommandIo): Promise<number> {
  const journal = readJournalArgument(request);
  requirePermission(journal, "read");
  const inspection = await inspectJournal(new FileStore(), journal);
  if (request.flags.has("json")) {
    io.writeOut(`${escapeJsonText(JSON.stringify(inspection, null, 2))}\n`);
  } else {
    const paint = io.wantsColour ? paintForTerminal : paintNothing;
    io.writeOut(renderInspection(inspection, { all: request.flags.has("all"), paint }));
  }
  return EXIT.finished;
}
