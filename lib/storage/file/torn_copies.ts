import { basename } from "@std/path/basename";
import { join } from "@std/path/join";
import { JournalUnwritable } from "../../errors/storage_errors.ts";
import type { Recovered } from "../../journal/stored.ts";
import type { TornCopies } from "../store.ts";
import { type Disk, readFully } from "./disk.ts";
import { openError } from "./open_file.ts";
import type { Scan } from "./scan_journal.ts";

/** Looks once for the copies beside all journals of a folder. See `Store.tornCopies`. */
export async function findTornCopies(folder: string): Promise<TornCopies> {
  const names = new Map<string, string[]>();
  try {
    for await (const { name, isFile } of Deno.readDir(folder)) {
      const journal = /^(.+)\.torn-\d+$/s.exec(name)?.[1];
      if (journal === undefined || !isFile) continue;
      names.set(journal, [...names.get(journal) ?? [], name]);
    }
  } catch (error) {
    throw openError(folder, error, "read");
  }
  const of = (journal: string) => (names.get(basename(journal)) ?? []).map((name) => join(folder, name)).toSorted();
  return { of, remove: (journal) => of(journal).forEach(removeCopy) };
}

function removeCopy(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    const detail = error instanceof Error ? error.message : String(error);
    throw new JournalUnwritable(path, `Cannot remove ${JSON.stringify(path)}: ${detail}`, { cause: error });
  }
}

const MAX_COPIES = 1000;

/** Keeps a copy of what is about to be cut off a journal in a file beside it, for a person to look at. */
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
  // Without a copy the transaction can still finish.
  return { cutBytes: scan.tail.bytes };
}
