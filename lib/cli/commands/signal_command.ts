import { commandLine } from "../../messages/command_line.ts";
import { signalJournal, type SignalReceipt } from "../../run/amend/signal_journal.ts";
import { FileStore } from "../../storage/file/file_store.ts";
import { escapeForTerminal } from "../../text/escape.ts";
import { VERSION } from "../../version.ts";
import { type Command, type CommandIo, type CommandRequest, UsageError } from "../frame/command.ts";
import { EXIT } from "../frame/exit_code.ts";
import { readJournalArgument, readJson } from "../frame/read_arguments.ts";
import { readReason } from "../frame/reason_options.ts";
import { requirePermission } from "../frame/require_permission.ts";

/** `signal`: tells a transaction something that it waits for. */
export const signalCommand: Command = {
  name: "signal",
  summary: "Tells a transaction what it waits for: an approval, a number, any value",
  details: [
    "Runs nothing and imports nothing: resume goes on afterwards. The signal is kept in the journal until a wait takes it, " +
    "also if none waits for it yet; of several with one name each wait takes one, the oldest first.",
    "Without a value the wait gets undefined. A value without a part that a later step takes is refused. One that was " +
    "sent cannot be taken back: resume --only WAIT has the wait take it, rewind WAIT has it wait anew.",
    "A name that no step waits for is kept all the same, since a step may still bring a wait for it, but there is a " +
    "warning with the names that are waited for.",
    "A transaction that a process runs takes no signals from outside (exit code 75).",
  ],
  permissions: "-A",
  arguments: [
    { name: "JOURNAL", summary: "path or file: URL of the journal", completion: "journal" },
    { name: "NAME", summary: "the signal's name, as inspect shows it", completion: [] },
    { name: "VALUE", summary: "its value: JSON, or @FILE with JSON in it", isOptional: true, completion: "file" },
  ],
  options: [{
    name: "by",
    value: "NAME",
    summary: "who sends it; else what USER, LOGNAME or USERNAME says, if it may be read",
  }],
  exitCodes: [
    [EXIT.finished, "it is in the journal"],
    [
      EXIT.usage,
      "called in a way that makes no sense, the value cannot be taken, or the transaction is over or being rolled back",
    ],
    [EXIT.damaged, "the journal is damaged, incomplete or too new"],
    [EXIT.notFound, "no such journal"],
    [EXIT.ioError, "the journal's disk failed or is full"],
    [EXIT.locked, "another process runs it"],
    [EXIT.refused, "the journal may not be written"],
  ],
  examples: [{
    words: 'signal order-7.json approval \'{"by":"ana"}\'',
    what: "approves; then resume runs what comes behind the wait",
  }],
  run: signal,
};

async function signal(request: CommandRequest, io: CommandIo): Promise<number> {
  const journal = readJournalArgument(request);
  const [, name = "", text] = request.arguments;
  const place = { what: "the value", option: "", command: "signal" };
  const value = text === undefined ? undefined : readJson(text, place, io);
  requirePermission(journal, "write");
  const { by } = readReason(request, io);
  const receipt = await send(journal, { signal: name, value, by });
  if (!receipt.isAwaited) io.writeError(`warning: ${escapeForTerminal(describeUnawaited(name, receipt))}\n`);
  else if (receipt.ahead > 0) io.writeError(describeAhead(journal, receipt));
  io.writeError(
    `${escapeForTerminal(`kept: the signal ${JSON.stringify(name)}`)}. Run the rest\n` +
      `  ${commandLine(VERSION, "resume", journal)}\n`,
  );
  return EXIT.finished;
}

async function send(journal: string, request: Parameters<typeof signalJournal>[2]): Promise<SignalReceipt> {
  try {
    return await signalJournal(new FileStore(), journal, request);
  } catch (error) {
    // It is JSON, but not of a size or depth that a journal takes.
    if (error instanceof TypeError || error instanceof RangeError) throw new UsageError(error.message, "signal");
    throw error;
  }
}

/** Whoever sends a second one may mean to mend the first. */
function describeAhead(journal: string, { ahead, taker = "" }: SignalReceipt): string {
  const others = ahead === 1 ? "another one" : `${ahead} others`;
  return [
    `warning: ${others} of that name ${ahead === 1 ? "was" : "were"} sent before: step ${taker} takes ${
      ahead === 1 ? "that one" : "the first of them"
    }, and not this one. If it is wrong, have the step take it and wait anew`,
    `  ${commandLine(VERSION, "resume", journal, "--only", taker)}`,
    `  ${commandLine(VERSION, "rewind", journal, taker)}`,
    "",
  ].join("\n");
}

function describeUnawaited(name: string, { awaited }: SignalReceipt): string {
  const names = awaited.map((other) => JSON.stringify(other)).join(", ");
  return `no step waits for the signal ${JSON.stringify(name)}, as far as is known: ${
    awaited.length === 0 ? "none waits for any" : `there are waits for ${names}`
  }`;
}
