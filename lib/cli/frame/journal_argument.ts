import { describeWait } from "../../messages/describe_locked.ts";
import { type Located, locatorOf, type OpenedPlace, openStore } from "../../storage/locator.ts";
import { isBareName, isOfDatabase } from "../../storage/locator_scheme.ts";
import { type CommandArgument, type CommandIo, type CommandRequest, UsageError, writeLines } from "./command.ts";

export const JOURNAL: CommandArgument = {
  name: "JOURNAL",
  summary: "path or locator of the journal, or its name with --store",
  completion: "journal",
};

/** One that must be in a database. */
export const STORED: CommandArgument = {
  ...JOURNAL,
  summary: "locator of the transaction, or its name with --store",
};

export const STEP: CommandArgument = {
  name: "STEP",
  summary: "number or name of the step, as inspect shows it",
  completion: [],
};

/**
 * Finds the journal that a command is about, or the folder or database with journals (`scope`; `any`: either of them), and
 * checks that the command may use it.
 */
export async function readJournal(
  request: CommandRequest,
  access: "read" | "write",
  kind?: "scope" | "any",
): Promise<OpenedPlace> {
  const located = await locate(request.arguments[0], request, kind !== undefined);
  await located.store.requireAccess?.(located.name, access, kind === "scope" ? kind : undefined);
  return located;
}

/** The same for a command that writes into one journal: takes it over if that is asked for, and says what it waits for. */
export async function readOwnJournal(request: CommandRequest, io: CommandIo): Promise<OpenedPlace> {
  const located = await readJournal(request, "write");
  await prepareWriting(located, request, io);
  return located;
}

export async function prepareWriting(
  { store, name }: Located,
  { flags }: CommandRequest,
  io: CommandIo,
): Promise<void> {
  store.noteWaits?.((wait) => writeLines(io, describeWait(wait)));
  if (flags.has("take-over")) await store.takeOver?.(name);
}

/** Finds the file that a word names: also a word without "/" is a path here, and no name in a store. */
export async function locateFile(word: string, request: Pick<CommandRequest, "opened">): Promise<OpenedPlace> {
  if (isOfDatabase(word)) throw new UsageError("A database is no file: name the file by its path");
  return await locate(word, { opened: request.opened });
}

/** Finds what a word names. What is opened for it is closed when the command has ended. */
export async function locate(
  word: string | undefined,
  { store, opened }: Pick<CommandRequest, "store" | "opened">,
  isScope = true,
): Promise<OpenedPlace> {
  const locator = store !== undefined && word !== undefined && isBareName(word) ? locatorOf(store, word) : word;
  try {
    const place = await openStore(locator, { isScope });
    return opened?.use(place) ?? place;
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(error.message) : error;
  }
}
