import { findNearMatch } from "./near_match.ts";

/**
 * Finds the name that somebody meant: one that is nearly the same, the only one that begins like that, or one with the
 * same letters in another order, which counts as two slips in a short word.
 */
export function suggestName(wanted: string, names: readonly string[]): string | undefined {
  const near = findNearMatch(wanted, names);
  if (near !== undefined || wanted.length < 2) return near;
  const [begins, another] = names.filter((name) => name.toLowerCase().startsWith(wanted.toLowerCase()));
  if (begins !== undefined && another === undefined) return begins;
  return names.find((name) => sortLetters(name) === sortLetters(wanted.toLowerCase()));
}

function sortLetters(word: string): string {
  return [...word].toSorted().join("");
}
