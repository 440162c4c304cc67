import { describeRecorded, describeStopped, describeUnanswered } from "../../messages/describe_request.ts";
import { stopJournal } from "../../run/amend/send_request.ts";
import { type Command, type CommandIo, type CommandRequest, writeJson, writeLines } from "../frame/command.ts";
import { readReason, REASON_OPTIONS, REQUEST_JSON } from "../frame/decision_options.ts";
import { EXIT, REQUEST_CODES } from "../frame/exit_code.ts";
import { JOURNAL, readJournal } from "../frame/journal_argument.ts";

export const stopCommand: Command = {
  name: "stop",
  summary: "Ends the run of a transaction in another process, before its next step",
  details: [
    "The running steps are allowed to finish, however long they take. No other step begins, and the process that runs the " +
    "transaction gets exit code 3, as after --until. resume runs the rest.",
    "The command waits up to 5 seconds until the run has ended, and says recorded or applied: as signal does.",
    "If no process runs the transaction, there is nothing to stop, and nothing is recorded.",
  ],
  permissions: "-A",
  arguments: [JOURNAL],
  options: [...REASON_OPTIONS, REQUEST_JSON],
  exitCodes: [
    [EXIT.finished, "the run has ended, or will end before its next step; or there is none"],
    [EXIT.usage, "wrong usage, or the transaction is over"],
    ...REQUEST_CODES,
  ],
  examples: [{
    words: 'stop order-7.json --why "the machine restarts"',
    what: "lets the running step finish, and ends the run; later, resume continues",
  }],
  run: stop,
};

async function stop(request: CommandRequest, io: CommandIo): Promise<number> {
  const { store, name: journal } = await readJournal(request, "write");
  const asked = { request: "stop" } as const;
  const recorded = () => writeLines(io, describeRecorded(asked));
  const { kind } = await stopJournal(store, journal, readReason(request, io), { recorded });
  if (request.flags.has("json")) writeJson(io, { journal, ...asked, outcome: kind });
  const isOpen = kind === "recorded";
  writeLines(io, isOpen ? describeUnanswered(journal, asked) : describeStopped(journal, { isIdle: kind === "idle" }));
  return EXIT.finished;
}
