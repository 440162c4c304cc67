import { nextLines } from "../../errors/journal_error.ts";
import { capital, describeProgress, describeRewound } from "../../messages/describe_step.ts";
import { nextCommands } from "../../messages/next_commands.ts";
import { cancelJournal } from "../../run/amend/send_request.ts";
import { checkTransactionAnswer } from "../../state/answers.ts";
import { rewoundEffects } from "../../state/rollback.ts";
import { readIdleState } from "../../storage/read_state.ts";
import { type Command, type CommandIo, type CommandRequest, writeLines } from "../frame/command.ts";
import { readReason, REASON_OPTIONS } from "../frame/decision_options.ts";
import { EXIT, WRITE_CODES } from "../frame/exit_code.ts";
import { JOURNAL, readJournal } from "../frame/journal_argument.ts";
import { confirm } from "../show/confirm_steps.ts";

export const cancelCommand: Command = {
  name: "cancel",
  summary: "Cancels a transaction: no further step will run",
  details: [
    "This command runs nothing and imports nothing. It lists the steps that have happened. Their effects stay, and " +
    "rollback can still undo them. The other steps never run: resume refuses. On a terminal, it asks first.",
    "While a process is running the transaction, it cannot be cancelled (exit code 75). Stop that process first.",
  ],
  permissions: "-A",
  arguments: [JOURNAL],
  options: [...REASON_OPTIONS, { name: "yes", summary: "does not ask" }],
  exitCodes: [
    [EXIT.finished, "cancelled, or you answered no"],
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
  if (io.ask !== undefined && !request.flags.has("yes")) {
    const before = await readIdleState(store, journal);
    const canCancel = before.isReady && checkTransactionAnswer(before, "cancel") === undefined;
    const question = [describeProgress(before), "Cancel the transaction, so that no further step runs?"];
    if (canCancel && !await confirm(io, question, "Nothing was cancelled")) return EXIT.finished;
  }
  const state = await cancelJournal(store, journal, readReason(request, io));
  writeLines(io, [
    `Cancelled. ${describeProgress(state)}`,
    ...describeRewound(rewoundEffects(state, undefined)).map(capital),
    ...nextLines(nextCommands(state, journal)),
  ]);
  return EXIT.finished;
}
