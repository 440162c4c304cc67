import { fromFileUrl } from "@std/path/from-file-url";
import { join } from "@std/path/join";
import { resolve } from "@std/path/resolve";

/**
 * Finds the absolute path of a journal.
 *
 * @param journal What the user said: a path or a `file:` URL; a folder if it ends in "/"; nothing for the current folder.
 * @param id The transaction's id, part of the default name.
 * @param now What time it is.
 * @throws {TypeError} It is neither, or the URL is not a `file:` URL.
 */
export function journalPath(journal: string | URL | undefined, id = "", now: Date = new Date()): string {
  if (journal === undefined) return resolve(defaultName(id, now));
  if (typeof journal !== "string" && !((journal as unknown) instanceof URL)) {
    throw new TypeError(
      `A journal is named by its path or its file: URL, and not by a value of type ${typeof journal}`,
    );
  }
  const isUrl = journal instanceof URL || /^file:/i.test(journal);
  const path = isUrl ? fromFileUrl(journal) : resolve(journal);
  if (/[/\\]$/.test(String(journal)) && id !== "") return join(path, defaultName(id, now));
  return path;
}

function defaultName(id: string, now: Date): string {
  const [date = "", time = ""] = now.toISOString().split("T");
  return `transaction-${date.replaceAll("-", "")}-${time.slice(0, 8).replaceAll(":", "")}-${id.slice(0, 8)}.json`;
}
