import { showValue } from "./_message.ts";

/** Beyond this product of line counts a table of common lines costs too much; both texts are listed instead. */
const MAX_TABLE_CELLS = 4_000_000;

/** Shows how two values differ, line by line: `-` is only in the actual one, `+` only in the expected one. */
export function diffValues(actual: unknown, expected: unknown): string {
  return diffLines(showValue(actual).split("\n"), showValue(expected).split("\n")).join("\n");
}

function diffLines(actual: readonly string[], expected: readonly string[]): string[] {
  const shorter = Math.min(actual.length, expected.length);
  let start = 0;
  while (start < shorter && actual[start] === expected[start]) start++;
  let end = 0;
  while (end < shorter - start && actual.at(-1 - end) === expected.at(-1 - end)) end++;
  return [
    ...actual.slice(0, start).map((line) => `    ${line}`),
    ...diffMiddle(actual.slice(start, actual.length - end), expected.slice(start, expected.length - end)),
    ...actual.slice(actual.length - end).map((line) => `    ${line}`),
  ];
}

function diffMiddle(actual: readonly string[], expected: readonly string[]): string[] {
  if (actual.length * expected.length > MAX_TABLE_CELLS) {
    return [...actual.map((line) => `-   ${line}`), ...expected.map((line) => `+   ${line}`)];
  }
  const common = commonLengths(actual, expected);
  const lines: string[] = [];
  let a = 0;
  let e = 0;
  while (a < actual.length || e < expected.length) {
    if (a < actual.length && e < expected.length && actual[a] === expected[e]) {
      lines.push(`    ${actual[a++]}`);
      e++;
    } else if (
      e === expected.length || (a < actual.length && lengthAt(common, a + 1, e) >= lengthAt(common, a, e + 1))
    ) {
      lines.push(`-   ${actual[a++]}`);
    } else {
      lines.push(`+   ${expected[e++]}`);
    }
  }
  return lines;
}

/** `[a][e]` is the length of the longest common subsequence of what follows line a and line e. */
function commonLengths(actual: readonly string[], expected: readonly string[]): readonly Uint32Array[] {
  const table = Array.from({ length: actual.length + 1 }, () => new Uint32Array(expected.length + 1));
  for (let a = actual.length - 1; a >= 0; a--) {
    for (let e = expected.length - 1; e >= 0; e--) {
      const length = actual[a] === expected[e]
        ? lengthAt(table, a + 1, e + 1) + 1
        : Math.max(lengthAt(table, a + 1, e), lengthAt(table, a, e + 1));
      table[a]?.fill(length, e, e + 1);
    }
  }
  return table;
}

function lengthAt(table: readonly Uint32Array[], a: number, e: number): number {
  return table[a]?.[e] ?? 0;
}
