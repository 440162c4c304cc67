import { basename } from "@std/path/basename";
import { join } from "@std/path/join";
import { JournalUnwritable } from "../errors/storage_errors.ts";
import { openError } from "./open_error.ts";

/** What recoveries have cut off the journals of a folder and kept in files beside them; see `save_torn_bytes.ts`. */
export class TornCopies {
  readonly #folder: string;
  readonly #names: ReadonlyMap<string, readonly string[]>;

  /** Takes the names of the copies, by the name of their journal. */
  constructor(folder: string, names: ReadonlyMap<string, readonly string[]>) {
    this.#folder = folder;
    this.#names = names;
  }

  /**
   * Looks for them once, for all journals of a folder.
   *
   * @throws {JournalRefused} The folder may not be read.
   */
  static async in(folder: string): Promise<TornCopies> {
    const names = new Map<string, string[]>();
    try {
      for await (const { name, isFile } of Deno.readDir(folder)) {
        const journal = /^(.+)\.torn-\d+$/s.exec(name)?.[1];
        if (journal === undefined || !isFile) continue;
        const copies = names.get(journal) ?? [];
        names.set(journal, [...copies, name]);
      }
    } catch (error) {
      throw openError(folder, error, "read");
    }
    return new TornCopies(folder, names);
  }

  /** The paths of a journal's copies. */
  of(journal: string): readonly string[] {
    return (this.#names.get(basename(journal)) ?? []).map((name) => join(this.#folder, name)).toSorted();
  }

  /**
   * Removes a journal's copies.
   *
   * @throws {JournalUnwritable} One of them cannot be removed.
   */
  remove(journal: string): void {
    for (const path of this.of(journal)) {
      try {
        Deno.removeSync(path);
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) continue;
        const detail = error instanceof Error ? error.message : String(error);
        throw new JournalUnwritable(path, `Cannot remove ${JSON.stringify(path)}: ${detail}`, { cause: error });
      }
    }
  }
}
