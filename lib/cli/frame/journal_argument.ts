import { locatorOf, type OpenedPlace, openStore } from "../../storage/locator.ts";
import { isBareName } from "../../storage/locator_scheme.ts";
import { type CommandArgument, type CommandRequest, UsageError } from "./command.ts";

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
