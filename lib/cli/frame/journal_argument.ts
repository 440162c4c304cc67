import { type Located, openStore } from "../../storage/locator.ts";
import { type CommandArgument, type CommandRequest, UsageError } from "./command.ts";

export const JOURNAL: CommandArgument = {
  name: "JOURNAL",
  summary: "path or file: URL of the journal",
  completion: "journal",
};

export const STEP: CommandArgument = {
  name: "STEP",
  summary: "number or name of the step, as inspect shows it",
  completion: [],
};

/** Finds the journal, or the folder (`scope`) of journals, that a command is about, and checks that the command may use it. */
export async function readJournal(
  { arguments: [word] }: CommandRequest,
  access: "read" | "write",
  kind?: "scope",
): Promise<Located> {
  const located = await locate(word);
  await located.store.requireAccess?.(located.name, access, kind);
  return located;
}

export async function locate(word: string | undefined): Promise<Located> {
  try {
    return await openStore(word);
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(error.message) : error;
  }
}
