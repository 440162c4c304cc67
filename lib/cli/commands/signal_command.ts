import { describeDelivered, describeRecorded, describeUnanswered } from "../../messages/describe_request.ts";
import { describeSignal, signalWarnings } from "../../messages/next_commands.ts";
import { signalJournal } from "../../run/amend/send_request.ts";
import {
  type Command,
  type CommandIo,
  type CommandRequest,
  UsageError,
  writeJson,
  writeLines,
} from "../frame/command.ts";
import { readReason, readValue, REQUEST_JSON, TAKE_OVER } from "../frame/decision_options.ts";
import { EXIT, REQUEST_CODES } from "../frame/exit_code.ts";
import { JOURNAL, readOwnJournal } from "../frame/journal_argument.ts";

export const signalCommand: Command = {
  name: "signal",
  summary: "Sends a signal, with any value, to a transaction that waits for it",
  details: [
    "This command runs nothing and imports nothing: run resume afterwards. The journal keeps the signal until a " +
    "wait takes it, even if no step waits for it yet. If several signals have the same name, each wait takes one, " +
    "the oldest first.",
    "Write dates, maps and other values that JSON cannot represent as for edit. " +
    "Without a value, the wait gets undefined. A value is refused if it lacks a part that a later step needs. You cannot " +
    "withdraw a signal: let the wait take it with resume --only WAIT, then let it wait again with rewind WAIT.",
    "A signal that no step waits for is kept, because a step can still add a wait for it. A warning then lists the signals " +
    "that steps wait for.",
    "If a process is running the transaction, it gets the signal without being restarted. The command says recorded when the " +
    "signal is on disk: from then on it is not lost, whatever happens to that process. Then the command waits up to 5 seconds " +
    "and says whether the signal is applied, that is, in the journal.",
  ],
  permissions: "-A",
  arguments: [
    JOURNAL,
    { name: "NAME", summary: "the signal's name, as inspect shows it", completion: [] },
    { name: "VALUE", summary: "its value: JSON, or @FILE with JSON in it", isOptional: true, completion: "file" },
  ],
  options: [
    {
      name: "by",
      value: "NAME",
      summary: "who sends it; default: the variable USER, LOGNAME or USERNAME, if it can be read",
    },
    TAKE_OVER,
    REQUEST_JSON,
  ],
  exitCodes: [
    [EXIT.finished, "the signal is recorded"],
    [EXIT.usage, "wrong usage, the value is refused, or the transaction is over or is being rolled back"],
    ...REQUEST_CODES,
  ],
  examples: [{
    words: 'signal order-7.json approval \'{"by":"ana"}\'',
    what: "approves; then resume runs the steps after the wait",
  }],
  run: signal,
};

async function signal(request: CommandRequest, io: CommandIo): Promise<number> {
  const [, name = "", text] = request.arguments;
  const value = text === undefined ? undefined : await readValue(text, "the value", io);
  const { store, name: journal } = await readOwnJournal(request, io);
  const { by } = readReason(request, io);
  const asked = { request: "signal", signal: name } as const;
  const recorded = () => writeLines(io, describeRecorded(asked));
  const end = await signalJournal(store, journal, { signal: name, value, by }, { recorded }).catch((error) => {
    // It is JSON, but a journal does not take one of this size or depth.
    if (error instanceof TypeError || error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  });
  const { kind, receipt, before } = end;
  if (request.flags.has("json")) writeJson(io, { journal, ...asked, outcome: kind, ...receipt });
  if (before === undefined) writeLines(io, describeSignal(journal, name, receipt));
  else {
    writeLines(io, signalWarnings(journal, name, receipt));
    writeLines(io, kind === "recorded" ? describeUnanswered(journal, asked) : describeDelivered(asked));
  }
  return EXIT.finished;
}
