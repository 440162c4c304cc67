import { LEAST_FILLER } from "./classify_tail.ts";
import type { Disk } from "./disk.ts";
import type { Scan } from "./scan_journal.ts";

/** Whether the last owner of a journal has taken the filler away, as it does when the journal is to stay. */
export function isAtRest(disk: Disk, { end }: Scan): boolean {
  return disk.size() - end - 1 < LEAST_FILLER;
}
