import { basename } from "@std/path/basename";
import { join } from "@std/path/join";
import { JournalUnwritable } from "../../errors/storage_errors.ts";
import type { Recovered } from "../../journal/stored.ts";
import { type Disk, readFully } from "./disk.ts";
import { openError } from "./open_error.ts";
import type { Scan } from "./scan_journal.ts";

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

const MAX_COPIES = 1000;

/** Keeps what is about to be cut off a journal in a file beside it, for whoever wants to look at it. */
export function saveTornBytes(journal: string, disk: Disk, scan: Scan): Recovered | undefined {
  if (scan.tail.kind !== "torn") return undefined;
  const bytes = readFully(disk, scan.end, scan.tail.bytes);
  for (let copy = 1; copy <= MAX_COPIES; copy += 1) {
    const path = `${journal}.torn-${copy}`;
    try {
      Deno.writeFileSync(path, bytes, { createNew: true, mode: 0o600 });
      return { cutBytes: scan.tail.bytes, savedAs: basename(path) };
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) break;
    }
  }
  // A copy that cannot be kept must not keep the transaction from being finished.
  return { cutBytes: scan.tail.bytes };
}
