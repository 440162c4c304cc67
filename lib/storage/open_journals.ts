import { processCounter } from "../values/process_slot.ts";

const NAME = "open-journals";

/** Notes that this process has one more journal file open for writing; the returned function takes that back. */
export function countOpenJournal(): () => void {
  processCounter(NAME).count += 1;
  return () => {
    processCounter(NAME).count -= 1;
  };
}

/** Tells whether this process has at most one journal file open for writing. */
export function isOnlyOpenJournal(): boolean {
  return processCounter(NAME).count <= 1;
}
