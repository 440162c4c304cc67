import { JournalDamaged, JournalTooNew } from "../../errors/opening_errors.ts";
import type { JournalRecord } from "../../journal/encode_record.ts";
import type { ReadJournal, ReadOptions } from "../store.ts";
import { FileDisk } from "./disk.ts";
import { openRegularFile } from "./file_identity.ts";
import { isLocked } from "./file_lock.ts";
import { openError } from "./open_error.ts";
import { isAtRest, type Scan, scanJournal, type ScanOptions } from "./scan_journal.ts";

/** While a writer is at work the end of the file may be seen half-written; the next look sees it whole. */
const MAX_LOOKS = 50;

/** Reads a journal without owning it, also while another process appends to it. See `Store.read`. */
export async function readJournalFile(
  journal: string,
  apply: (record: JournalRecord) => void,
  { verifiesFirst = false }: ReadOptions = {},
): Promise<ReadJournal> {
  using file = openRegularFile(journal, "read");
  const disk = new FileDisk(file);
  // Asked first: a writer that ends in between has left a file at rest, which cannot look torn.
  let isHeld = isLocked(file);
  const goOn = (options: ScanOptions) => scanFile(journal, () => scanJournal(disk, apply, options));
  let scan = goOn({ verifiesFirst });
  // A file that nobody holds gets a second look too: a writer may have come in between. An empty one has perhaps just been
  // made, and its maker is about to lock it.
  const mayChange = () => isHeld || disk.size() === 0;
  for (let look = 1; scan.tail.kind === "damaged" && look < (mayChange() ? MAX_LOOKS : 2); look += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    isHeld = isLocked(file);
    // Of a large journal all behind the damage would be read at each look, and handed over.
    scan = goOn({ from: scan, verifiesFirst: true });
  }
  // Who has taken it meanwhile may have written what was read: without this a running step would be called unknown.
  isHeld ||= isLocked(file);
  const error = scanError(journal, scan);
  if (error !== undefined) throw error;
  const tornBytes = scan.tail.kind === "torn" && !isHeld ? scan.tail.bytes : 0;
  return {
    journal,
    isHeld,
    isAtRest: !isHeld && isAtRest(disk, scan),
    tornBytes,
    ...(scan.unknown === undefined ? {} : { unknown: scan.unknown }),
  };
}

function scanFile(journal: string, scan: () => Scan): Scan {
  try {
    return scan();
  } catch (error) {
    throw openError(journal, error, "read");
  }
}

/** Why what a scan has found is no readable journal; nothing if it is one. */
export function scanError(journal: string, scan: Scan): JournalDamaged | JournalTooNew | undefined {
  if (scan.unknown?.startsWith("format ")) return new JournalTooNew(journal, scan.unknown);
  if (scan.tail.kind !== "damaged") return undefined;
  const { reason, file } = scan.tail;
  if (file === "empty") return new JournalDamaged(journal, 1, "the file is empty");
  const what = file === "foreign" ? "it is no journal of resumable-tx: " : "";
  return new JournalDamaged(journal, scan.records + 1, `${what}the line ${reason}`);
}
