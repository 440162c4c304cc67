import { describeExport } from "../../messages/describe_move.ts";
import { exportJournal } from "../../run/amend/export_journal.ts";
import { isClosed } from "../../state/state.ts";
import {
  type Command,
  type CommandIo,
  type CommandRequest,
  UsageError,
  writeJson,
  writeLines,
} from "../frame/command.ts";
import { EXIT, WRITE_CODES } from "../frame/exit_code.ts";
import { locateFile, readJournal, STORED } from "../frame/journal_argument.ts";

export const exportCommand: Command = {
  name: "export",
  summary: "Moves a transaction from a database into a journal file",
  details: [
    "The file has the records as they are in the database, and everything that takes a journal takes it: you can mail it, read " +
    "it, and resume it on another machine. An existing file is never overwritten.",
    "From then on the database does not run the transaction: two copies would run the rest twice. list shows it as exported. " +
    "import brings the file back, and reclaim makes the database run it again if the file is gone. A transaction that has " +
    "finished is copied instead, as often as you like.",
    "Requests that were recorded and not answered are answered first. If the command is cut short, type it again: it completes " +
    "the file or writes it anew. Until then the file has a blank as its first byte, and nothing takes it for a journal.",
  ],
  permissions: "-A",
  arguments: [
    STORED,
    { name: "FILE", summary: "path of the new file", completion: "file" },
  ],
  options: [{ name: "json", summary: "writes the outcome as JSON" }],
  exitCodes: [
    [EXIT.finished, "the file has the transaction"],
    [EXIT.usage, "wrong usage, or the file exists"],
    ...WRITE_CODES,
  ],
  examples: [{
    words: "export 'sqlite:/var/lib/tx.db#order-7' order-7.json",
    what: "moves it into a file, which you can resume anywhere",
  }],
  run: exportToFile,
};

async function exportToFile(request: CommandRequest, io: CommandIo): Promise<number> {
  const located = await readJournal(request, "write");
  const { store: files, name: file } = await locateFile(request.arguments[1] ?? "", request);
  if (located.store.moves === undefined) {
    throw new UsageError(`${JSON.stringify(located.name)} is a file already. To move it, move the file`);
  }
  await files.requireAccess?.(file, "write");
  const { kind, state } = await exportJournal(located, file);
  const { library, status } = state;
  if (request.flags.has("json")) writeJson(io, { journal: located.name, file, outcome: kind, status });
  writeLines(io, describeExport(kind, located.name, { file, library, isOver: isClosed(status) }));
  return EXIT.finished;
}
