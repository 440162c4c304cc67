import { isOfDatabase } from "../../storage/locator_scheme.ts";
import { type Command, type CommandIo, type CommandOption, type CommandRequest, UsageError } from "./command.ts";

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
