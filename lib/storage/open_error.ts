import { JournalNotFound, JournalRefused } from "../errors/opening_errors.ts";
import { JournalUnwritable } from "../errors/storage_errors.ts";

/** Says, in terms of the journal, why its file cannot be opened, and what to do. */
export function openError(journal: string, error: unknown, access: "read" | "write"): unknown {
  const name = JSON.stringify(journal);
  if (error instanceof Deno.errors.NotFound) return new JournalNotFound(journal, { cause: error });
  if (error instanceof Deno.errors.NotCapable) {
    const flags = access === "read" ? "--allow-read" : "--allow-read and --allow-write";
    return new JournalRefused(
      journal,
      `Deno has no permission to ${access} it; add ${flags} for ${name} and its folder`,
    );
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return new JournalRefused(journal, `the operating system lets this user not ${access} it; see its mode and owner`);
  }
  if (error instanceof Deno.errors.IsADirectory) return new JournalRefused(journal, "it is a folder, not a journal");
  if (error instanceof Deno.errors.FilesystemLoop) {
    return new JournalRefused(journal, "it leads round in a circle of symbolic links, and to no file");
  }
  if (!(error instanceof Error)) return error;
  // Deno gives a code to most errors of the system, but not to all.
  if (!("code" in error) && !/\(os error \d+\)/.test(error.message)) return error;
  return new JournalUnwritable(journal, `Cannot ${access} ${name}: ${error.message}`, { cause: error });
}
