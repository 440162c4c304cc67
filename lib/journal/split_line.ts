const SUM_LENGTH = 43;
/** `,"sum":"…"}` behind the covered bytes. */
const SUFFIX_LENGTH = 8 + SUM_LENGTH + 2;
const SUFFIX = /^,"sum":"([A-Za-z0-9_-]{43})"\}$/;
const LATIN1 = new TextDecoder("latin1");

/** A line of a journal in its two parts. */
export interface SplitLine {
  /** The bytes that its checksum covers. */
  readonly covered: Uint8Array;
  /** The checksum that is written in it. */
  readonly sum: string;
}

/**
 * Takes the checksum from the end of a line, without verifying it; nothing when there is none.
 *
 * @param line The bytes, without the newline.
 * @param text The same as text, where it is at hand.
 */
export function splitLine(line: Uint8Array, text: string | undefined): SplitLine | undefined {
  const end = line.length - SUFFIX_LENGTH;
  if (end < 0) return undefined;
  // As it matches ASCII alone, its characters are the last bytes.
  const sum = SUFFIX.exec(text?.slice(-SUFFIX_LENGTH) ?? LATIN1.decode(line.subarray(end)))?.[1];
  return sum === undefined ? undefined : { covered: line.subarray(0, end), sum };
}
