import { nextLines } from "../../errors/journal_error.ts";
import { describeProgress, rewoundLines } from "../../messages/describe_step.ts";
import { nextCommands } from "../../messages/next_commands.ts";
import { cancelJournal } from "../../run/amend/amend_journal.ts";
import { rewoundEffects } from "../../state/rollback.ts";
import { type Command, type CommandIo, type CommandRequest, writeLines } from "../frame/command.ts";
import { readReason, REASON_OPTIONS } from "../frame/decision_options.ts";
import { EXIT, WRITE_CODES } from "../frame/exit_code.ts";
import { JOURNAL, readJournal } from "../frame/journal_argument.ts";

export const cancelCommand: Command = {
  name: "cancel",
  summary: "Cancels a transaction: no further step will run",
  details: [
    "This command runs nothing and imports nothing. It lists the steps that have happened. Their effects stay, and " +
    "rollback can still undo them. The other steps never run: resume refuses.",
    "While a process is running the transaction, it cannot be cancelled (exit code 75). Stop that process first.",
  ],
  permissions: "-A",
  arguments: [JOURNAL],
  options: REASON_OPTIONS,
  exitCodes: [
    [EXIT.finished, "cancelled"],
    [EXIT.usage, "wrong usage, or the transaction is over or is being rolled back"],
    ...WRITE_CODES,
  ],
  examples: [{
    words: 'cancel order-7.json --why "the customer has left"',
    what: "cancels the transaction, and records who did so and why",
  }],
  run: cancel,
};

async function cancel(request: CommandRequest, io: CommandIo): Promise<number> {
  const { store, name: journal } = await readJournal(request, "write");
  const state = await cancelJournal(store, journal, readReason(request, io));
  const lines = [
    `Cancelled. ${describeProgress(state)}`,
    ...rewoundLines(rewoundEffects(state, undefined)),
    ...nextLines(nextCommands(state, journal)),
  ];
  writeLines(io, lines);
  return EXIT.finished;
}
