import { isBareName, isOfDatabase, locatorOf, type OpenedPlace, openStore } from "../../storage/locator.ts";
import {
  type Command,
  type CommandArgument,
  type CommandIo,
  type CommandOption,
  type CommandRequest,
  UsageError,
} from "./command.ts";

export const JOURNAL: CommandArgument = {
  name: "JOURNAL",
  summary: "path or locator of the journal, or its name with --store",
  completion: "journal",
};

export const STEP: CommandArgument = {
  name: "STEP",
  summary: "number or name of the step, as inspect shows it",
  completion: [],
};

const STORE: CommandOption = {
  name: "store",
  value: "URL",
  summary:
    "the database in which names are looked up, sqlite:PATH or postgres://…; default: the variable RESUMABLE_TX_STORE",
};

/** Lets a command that takes journals take a store beside them. */
export function withStore(command: Command): Command {
  return takesJournals(command) ? { ...command, options: [...command.options, STORE] } : command;
}

function takesJournals({ arguments: places }: Command): boolean {
  return places.some(({ completion }) => completion === "journal" || completion === "folder");
}

/** Finds the store that `--store` names, or else the environment. */
export function chooseStore(command: Command, { texts }: CommandRequest, io: CommandIo): string | undefined {
  if (!takesJournals(command)) return undefined;
  const given = texts.get("store");
  const store = given ?? (io.readVariable("RESUMABLE_TX_STORE") || undefined);
  // The URL is not repeated: it may hold a password.
  const from = given === undefined ? "The variable RESUMABLE_TX_STORE" : "The option --store";
  if (store?.includes("#") === true) {
    throw new UsageError(`${from} names a transaction: leave out "#" and what follows`);
  }
  if (store === undefined || isOfDatabase(store)) return store;
  throw new UsageError(`${from} names no database: write sqlite:PATH or postgres://USER@HOST/DATABASE`);
}

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
