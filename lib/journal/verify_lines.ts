import { chainSum } from "./encode_record.ts";
import { coveredBytes, isWritten } from "./split_line.ts";

const NEWLINE = 0x0a;

/**
 * Tells whether each of some lines has the checksum that follows from the one before it.
 *
 * @param lines The lines, each with its newline.
 * @param previousSum The checksum before the first of them.
 */
export function verifyLines(lines: Uint8Array, previousSum: string): boolean {
  let sum = previousSum;
  for (let start = 0; start < lines.length;) {
    const end = lines.indexOf(NEWLINE, start);
    if (end === -1) return false;
    const line = lines.subarray(start, end);
    sum = chainSum(sum, coveredBytes(line));
    if (!isWritten(sum, line)) return false;
    start = end + 1;
  }
  return true;
}
