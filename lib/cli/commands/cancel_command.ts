import { describeProgress, rewoundLines } from "../../messages/describe_step.ts";
import { rollbackAdvice } from "../../messages/outcome_error.ts";
import { cancelJournal } from "../../run/amend/amend_journal.ts";
import { rewoundEffects } from "../../state/rollback.ts";
import { FileStore } from "../../storage/file/file_store.ts";
import type { Command, CommandIo, CommandRequest } from "../frame/command.ts";
import { EXIT } from "../frame/exit_code.ts";
import { readJournalArgument } from "../frame/read_arguments.ts";
import { readReason, REASON_OPTIONS } from "../frame/reason_options.ts";
import { requirePermission } from "../frame/require_permission.ts";

/** `cancel`: gives a transaction up. */
export const cancelCommand: Command = {
  name: "cancel",
  summary: "Gives a transaction up: nothing further of it will run",
  details: [
    "Runs nothing and imports nothing. What has happened stays, is named, and can still be undone by rollback; what has " +
    "not, never will: resume refuses.",
    "A transaction that a process runs cannot be cancelled from outside (exit code 75): stop that process first.",
  ],
  permissions: "-A",
  arguments: [{ name: "JOURNAL", summary: "path or file: URL of the journal", completion: "journal" }],
  options: [...REASON_OPTIONS],
  exitCodes: [
    [EXIT.finished, "cancelled"],
    [EXIT.usage, "called in a way that makes no sense, or the transaction is over or being rolled back"],
    [EXIT.damaged, "the journal is damaged, incomplete or too new"],
    [EXIT.notFound, "no such journal"],
    [EXIT.ioError, "the journal's disk failed or is full"],
    [EXIT.locked, "another process runs it"],
    [EXIT.refused, "the journal may not be written"],
  ],
  examples: [{
    words: 'cancel order-7.json --why "the customer has gone"',
    what: "has it run no further, and writes down who said so and why",
  }],
  run: cancel,
};

async function cancel(request: CommandRequest, io: CommandIo): Promise<number> {
  const journal = readJournalArgument(request);
  requirePermission(journal, "write");
  const state = await cancelJournal(new FileStore(), journal, readReason(request, io));
  const lines = [
    `cancelled. ${describeProgress(state)}`,
    ...rewoundLines(rewoundEffects(state, undefined)),
    ...rollbackAdvice(journal, state),
  ];
  io.writeError(lines.map((line) => `${line}\n`).join(""));
  return EXIT.finished;
}
