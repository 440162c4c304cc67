import { describeImport } from "../../messages/describe_move.ts";
import { importJournal } from "../../run/amend/import_journal.ts";
import { isClosed } from "../../state/state.ts";
import { type Located, nameIn } from "../../storage/locator.ts";
import { isOfDatabase } from "../../storage/locator_scheme.ts";
import {
  type Command,
  type CommandIo,
  type CommandRequest,
  UsageError,
  writeJson,
  writeLines,
} from "../frame/command.ts";
import { EXIT, WRITE_CODES } from "../frame/exit_code.ts";
import { locate, locateFile } from "../frame/journal_argument.ts";

export const importCommand: Command = {
  name: "import",
  summary: "Moves a journal file into a database",
  details: [
    "The database gets the records as they are in the file, and then the file is removed: two copies would run the rest twice. " +
    "The transaction must not be in the database, or must have been exported from it: then the file has to begin with the " +
    "records that the database has.",
    "Requests that lie beside the file are answered first. What a crash has left after the last record is cut off and kept in a " +
    "file beside it, as by resume. If the command is cut short, type it again.",
    "A file that another user may have written needs --trust: what is in the database is trusted as the database is.",
  ],
  permissions: "-A",
  arguments: [
    { name: "FILE", summary: "path of the journal file", completion: "journal" },
    {
      name: "STORE",
      summary: "locator of the database; default: the store",
      isOptional: true,
      completion: "folder",
    },
  ],
  options: [
    {
      name: "name",
      value: "NAME",
      summary: "its name in the database; default: its author's name for it, or the file's name without .json",
    },
    { name: "keep", summary: "keeps the file, with a blank as its first byte: it is no journal any more" },
    { name: "trust", summary: "moves a journal that another user may have written" },
    { name: "json", summary: "writes the outcome as JSON" },
  ],
  exitCodes: [
    [EXIT.finished, "the database has the transaction"],
    [EXIT.usage, "wrong usage, or the database does not take it: it has the name, or other records of the transaction"],
    ...WRITE_CODES,
  ],
  examples: [{
    words: "import order-7.json sqlite:/var/lib/tx.db",
    what: "moves it into the database, as order-7",
  }],
  run: importFile,
};

async function importFile(request: CommandRequest, io: CommandIo): Promise<number> {
  const [word = "", target = request.store] = request.arguments;
  if (target === undefined) {
    throw new UsageError("Name the database to which it is moved, as the last word or with --store");
  }
  const from = await locateFile(word, request);
  const file = from.name;
  await from.store.requireAccess?.(file, "write");
  const keep = request.flags.has("keep");
  const options = { name: readName(request, target), keep, trust: request.flags.has("trust") };
  const end = await importJournal(from, () => locateDatabase(target, request), options);
  const { kind, journal, state, recovered } = end;
  const { library, status } = state;
  if (request.flags.has("json")) writeJson(io, { journal, file, outcome: kind, status, recovered });
  const isOver = isClosed(status);
  writeLines(io, describeImport(kind, journal, { file, library, isOver, isKept: keep, recovered }));
  return EXIT.finished;
}

function readName({ texts }: CommandRequest, target: string): string | undefined {
  let name = texts.get("name");
  try {
    if (isOfDatabase(target)) name ??= nameIn(target);
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(error.message) : error;
  }
  if (name === "" || name?.includes("\0") === true) throw new UsageError("A transaction cannot have that name");
  return name;
}

async function locateDatabase(target: string, request: CommandRequest): Promise<Located> {
  const { store, name } = await locate(target, request);
  if (store.moves !== undefined) return { store, name: name.replace(/#.*$/s, "") };
  const advice = "write sqlite:PATH or postgres://USER@HOST/DATABASE";
  throw new UsageError(`${JSON.stringify(target)} is no database: ${advice}`);
}
