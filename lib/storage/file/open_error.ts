import { dirname } from "@std/path/dirname";
import { JournalNotFound, JournalRefused } from "../../errors/opening_errors.ts";
import { JournalUnwritable } from "../../errors/storage_errors.ts";

/** Says, in terms of the journal, why its file cannot be opened, and what to do. */
export function openError(journal: string, error: unknown, access: "read" | "write"): unknown {
  const name = JSON.stringify(journal);
  if (error instanceof Deno.errors.NotFound) return new JournalNotFound(journal, { cause: error });
  if (error instanceof Deno.errors.NotCapable) {
    const missing = findMissing(journal, access);
    const flags = missing.map((flag) => `--allow-${flag}`).join(" and ");
    return new JournalRefused(
      journal,
      `Deno has no permission to ${missing.join(" and ")} it; add ${flags} for ${name} and its folder`,
    );
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return new JournalRefused(journal, describeDenied(access));
  }
  if (error instanceof Deno.errors.IsADirectory) return new JournalRefused(journal, "it is a folder, not a journal");
  if (error instanceof Deno.errors.FilesystemLoop) {
    return new JournalRefused(journal, "it leads round in a circle of symbolic links, and to no file");
  }
  if (!(error instanceof Error)) return error;
  const isChanged = error instanceof FileChanged;
  // Deno gives a code to most errors of the system, but not to all.
  if (!isChanged && !("code" in error) && !/\(os error \d+\)/.test(error.message)) return error;
  return new JournalUnwritable(journal, `Cannot ${access} ${name}: ${error.message}`, { cause: error });
}

/** Says that the operating system does not let this user at a journal. */
export function describeDenied(access: "read" | "write"): string {
  return `the operating system lets this user not ${access} it; see its mode and owner`;
}

/** The folder counts as well: a file in it is made, and the folder synced. */
function findMissing(journal: string, access: "read" | "write"): readonly ("read" | "write")[] {
  const needed = access === "read" ? ["read"] as const : ["read", "write"] as const;
  const paths = [journal, dirname(journal)];
  const missing = needed.filter((name) =>
    paths.some((path) => Deno.permissions.querySync({ name, path }).state !== "granted")
  );
  return missing.length === 0 ? needed : missing;
}

/** A file that only grows has become shorter, or something else, while it was read: somebody has written over it. */
export class FileChanged extends Error {
  /** Its name. */
  override readonly name = "FileChanged";

  /** @param how What has happened, as it stands behind "Cannot read …: ". */
  constructor(how: string) {
    super(`${how} while it was read. Try again when nobody writes over it`);
  }
}
