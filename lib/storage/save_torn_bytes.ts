import { basename } from "@std/path/basename";
import type { Recovered } from "../journal/stored.ts";
import { type Disk, readFully } from "./disk.ts";
import type { Scan } from "./scan_journal.ts";

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
