/** So many characters has a checksum. */
export const SUM_LENGTH = 43;
/** Stands before the checksum. */
export const BEFORE_SUM = ',"sum":"';
const BEHIND_SUM = '"}';
/** `,"sum":"…"}` behind the covered bytes; as many characters as bytes. */
export const SUFFIX_LENGTH: number = BEFORE_SUM.length + SUM_LENGTH + BEHIND_SUM.length;
const LATIN1 = new TextDecoder("latin1");

/** A line of a journal, and the checksum that is written in it. */
export interface SplitLine {
  /** Its bytes. */
  readonly line: Uint8Array;
  /** The checksum. It covers all that stands before it, {@linkcode coveredBytes}. */
  readonly sum: string;
}

/**
 * Takes the checksum from the end of a line, without verifying it; nothing when there is none.
 *
 * @param line The bytes, without the newline.
 * @param text The same as text, where it is at hand.
 */
export function splitLine(line: Uint8Array, text: string | undefined): SplitLine | undefined {
  if (line.length < SUFFIX_LENGTH) return undefined;
  // As it is ASCII alone, its characters are the last bytes.
  const known = text ?? LATIN1.decode(line.subarray(-SUFFIX_LENGTH));
  const start = known.length - SUFFIX_LENGTH;
  if (!known.startsWith(BEFORE_SUM, start) || !known.endsWith(BEHIND_SUM)) return undefined;
  const sum = known.slice(start + BEFORE_SUM.length, -BEHIND_SUM.length);
  return { line, sum };
}

/** Tells whether a checksum is the one that is written in a line. */
export function isWritten(sum: string, line: Uint8Array): boolean {
  const start = line.length - SUM_LENGTH - BEHIND_SUM.length;
  for (let i = 0; i < SUM_LENGTH; i += 1) if (line[start + i] !== sum.charCodeAt(i)) return false;
  return sum.length === SUM_LENGTH;
}

/** The bytes of a line that its checksum covers. */
export function coveredBytes(line: Uint8Array): Uint8Array {
  return line.subarray(0, line.length - SUFFIX_LENGTH);
}
