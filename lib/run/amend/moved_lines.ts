import type { Moves, RecordLine } from "../../storage/open_journal.ts";

type Pages = AsyncIterable<readonly RecordLine[]> | Iterable<readonly RecordLine[]>;

/** How the records of a transaction in a store and in a file agree. */
export interface Agreement {
  readonly kind: "equal" | "file has more" | "store has more" | "different" | "other transaction";
  /** How many records both have, from the first on. */
  readonly common: number;
}

/** Compares records, of which no more than a page of each is in memory. */
export async function compareLines(stored: Pages, inFile: Pages): Promise<Agreement> {
  const [one, other] = [eachLine(stored), eachLine(inFile)];
  for (let common = 0;; common += 1) {
    const [{ value: line }, { value: found }] = [await one.next(), await other.next()];
    if (line !== undefined && line.sum === found?.sum) continue;
    await one.return(undefined);
    await other.return(undefined);
    if (line === undefined) return { kind: found === undefined ? "equal" : "file has more", common };
    if (found === undefined) return { kind: "store has more", common };
    return { kind: common === 0 ? "other transaction" : "different", common };
  }
}

export async function firstLine(moves: Moves, name: string): Promise<RecordLine | undefined> {
  for await (const [first] of moves.readLines(name)) return first;
  return undefined;
}

async function* eachLine(pages: Pages): AsyncGenerator<RecordLine, undefined> {
  for await (const page of pages) yield* page;
  return undefined;
}
