/**
 * Finds the name that a user probably meant: one with the same letters in another order, one that is similar, or the only
 * one with this beginning.
 */
export function suggestName(wanted: string, names: readonly string[]): string | undefined {
  const low = wanted.normalize().toLowerCase();
  if (low.length < 2) return findNearMatch(wanted, names);
  const [begins, another] = names.filter((name) => name.toLowerCase().startsWith(low));
  return names.find((name) => sortLetters(name.toLowerCase()) === sortLetters(low)) ??
    findNearMatch(wanted, names) ?? (another === undefined ? begins : undefined);
}

function sortLetters(word: string): string {
  return [...word].toSorted().join("");
}

/** Finds the most similar name, if it is similar enough. Of equally similar names, the one with the longest common beginning. */
export function findNearMatch(wanted: string, names: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  const low = wanted.toLowerCase();
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const name of names) {
    if (Math.abs(name.length - wanted.length) > limit) continue;
    const distance = measureDistance(low, name.toLowerCase());
    // If every letter differs, the words are not similar.
    if (distance > bestDistance || distance > limit || distance >= Math.max(wanted.length, name.length)) continue;
    if (distance < bestDistance || countCommonStart(low, name) > countCommonStart(low, best ?? "")) {
      [best, bestDistance] = [name, distance];
    }
  }
  return best;
}

function countCommonStart(low: string, name: string): number {
  const other = name.toLowerCase();
  let count = 0;
  while (count < low.length && low[count] === other[count]) count += 1;
  return count;
}

/** The Levenshtein distance, computed row by row. */
function measureDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const change = a[row - 1] === b[column - 1] ? 0 : 1;
      const options = [above[column], current[column - 1]].map((cost) => (cost ?? 0) + 1);
      current.push(Math.min(...options, (above[column - 1] ?? 0) + change));
    }
    above = current;
  }
  return above[b.length] ?? 0;
}

/**
 * Finds the name that is written with the same characters, whether or not marks are composed with their letters. The names
 * of a plan are stored composed, but older journals have other forms, and so have files.
 */
export function findSameName(wanted: string, names: Iterable<string>): string | undefined {
  // What is ASCII has only one form.
  if (!/[^ -~]/.test(wanted)) return undefined;
  const composed = wanted.normalize();
  for (const name of names) if (name.normalize() === composed) return name;
  return undefined;
}
