import { findNearMatch } from "./near_match.ts";

/**
 * Finds the name that somebody meant: one with the same letters in another order, one that is nearly the same, or the only
 * one that begins like that.
 */
export function suggestName(wanted: string, names: readonly string[]): string | undefined {
  const low = wanted.toLowerCase();
  if (low.length < 2) return findNearMatch(wanted, names);
  const [begins, another] = names.filter((name) => name.toLowerCase().startsWith(low));
  return names.find((name) => sortLetters(name.toLowerCase()) === sortLetters(low)) ??
    findNearMatch(wanted, names) ?? (another === undefined ? begins : undefined);
}

function sortLetters(word: string): string {
  return [...word].toSorted().join("");
}
