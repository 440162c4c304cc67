import { nextLines } from "../../errors/journal_error.ts";
import { capital, describeProgress, describeRewound } from "../../messages/describe_step.ts";
import { describeRecorded, describeUnanswered } from "../../messages/describe_request.ts";
import { nextCommands } from "../../messages/next_commands.ts";
import { cancelJournal } from "../../run/amend/send_request.ts";
import { checkTransactionAnswer } from "../../state/answers.ts";
import { rewoundEffects } from "../../state/rollback.ts";
import { readState } from "../../storage/read_state.ts";
import { type Command, type CommandIo, type CommandRequest, writeJson, writeLines } from "../frame/command.ts";
import { readReason, REASON_OPTIONS, REQUEST_JSON, TAKE_OVER } from "../frame/decision_options.ts";
import { EXIT, REQUEST_CODES } from "../frame/exit_code.ts";
import { JOURNAL, readOwnJournal } from "../frame/journal_argument.ts";
import { confirm } from "../show/confirm_steps.ts";

export const cancelCommand: Command = {
  name: "cancel",
  summary: "Cancels a transaction: no further step will run",
  details: [
    "This command runs nothing and imports nothing. It lists the steps that have happened. Their effects stay, and " +
    "rollback can still undo them. The other steps never run: resume refuses. On a terminal, it asks first.",
    "If a process is running the transaction, the running steps are told to end (context().signal), and no other step " +
    "begins. The command waits up to 5 seconds for that, and says recorded or applied: as signal does.",
  ],
  permissions: "-A",
  arguments: [JOURNAL],
  options: [...REASON_OPTIONS, TAKE_OVER, { name: "yes", summary: "does not ask" }, REQUEST_JSON],
  exitCodes: [
    [EXIT.finished, "cancelled, or recorded for the process that runs it, or you answered no"],
    [EXIT.usage, "wrong usage, or the transaction is over or is being rolled back"],
    ...REQUEST_CODES,
  ],
  examples: [{
    words: 'cancel order-7.json --why "the customer has left"',
    what: "cancels the transaction, and records who did so and why",
  }],
  run: cancel,
};

async function cancel(request: CommandRequest, io: CommandIo): Promise<number> {
  const { store, name: journal } = await readOwnJournal(request, io);
  if (io.ask !== undefined && !request.flags.has("yes")) {
    const { state: before } = await readState(store, journal, { keepsValues: false });
    const canCancel = before.isReady && checkTransactionAnswer(before, "cancel") === undefined;
    const question = [describeProgress(before), "Cancel the transaction, so that no further step runs?"];
    if (canCancel && !await confirm(io, question, "Nothing was cancelled")) return EXIT.finished;
  }
  const asked = { request: "cancel" } as const;
  const recorded = () => writeLines(io, describeRecorded(asked));
  const { kind, state } = await cancelJournal(store, journal, readReason(request, io), { recorded });
  if (request.flags.has("json")) writeJson(io, { journal, ...asked, outcome: kind });
  if (kind === "recorded") {
    writeLines(io, describeUnanswered(journal, asked));
    return EXIT.finished;
  }
  writeLines(io, [
    `Cancelled. ${describeProgress(state)}`,
    ...describeRewound(rewoundEffects(state, undefined)).map(capital),
    ...nextLines(nextCommands(state, journal)),
  ]);
  return EXIT.finished;
}
