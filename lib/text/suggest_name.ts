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

/**
 * Finds the name that is most like a wanted one, if one is close enough to be what was meant. Of several that are equally
 * close it is the one that begins like it for the longest.
 */
export function findNearMatch(wanted: string, names: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  const low = wanted.toLowerCase();
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const name of names) {
    if (Math.abs(name.length - wanted.length) > limit) continue;
    const distance = measureDistance(low, name.toLowerCase());
    // Two words of which every letter differs have nothing to do with each other.
    if (distance > bestDistance || distance > limit || distance >= Math.max(wanted.length, name.length)) continue;
    if (distance < bestDistance || countShared(low, name) > countShared(low, best ?? "")) {
      [best, bestDistance] = [name, distance];
    }
  }
  return best;
}

/** How many letters two words have in common at their beginning. */
function countShared(low: string, name: string): number {
  const other = name.toLowerCase();
  let count = 0;
  while (count < low.length && low[count] === other[count]) count += 1;
  return count;
}

/** The edit distance of Levenshtein, row by row. */
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
