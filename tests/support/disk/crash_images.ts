import type { SeededRandom } from "../seeded_random.ts";
import type { DiskState } from "./simulated_disk.ts";

/** How many images are made of one state of a disk. */
export interface CrashImageOptions {
  /** Up to this number of combinations, all are made. */
  readonly exhaustive: number;
  /** With more combinations, this number is drawn at random for each size of the file. */
  readonly random: number;
  /** The source of chance. */
  readonly chance: SeededRandom;
}

/** Of more uncertain sectors than this, not each one is the single one that is missing or present. */
const MAX_PLACES = 48;

/**
 * Shows the files that a power cut may leave: each uncertain sector holds any of its choices, and the file has any of its
 * possible lengths. All combinations of few sectors; of many the newest and the oldest state, the first sectors new and
 * the others old, one sector old, one sector new, and random ones.
 *
 * @param visit Gets the bytes, which it must not keep: the next image is made in the same place.
 */
export function visitCrashImages(
  state: DiskState,
  options: CrashImageOptions,
  visit: (image: Uint8Array) => void,
): void {
  const sizes = possibleSizes(state);
  const largest = Math.max(...sizes);
  const scratch = new Uint8Array(Math.ceil(largest / state.sectorBytes + 1) * state.sectorBytes);
  for (const picks of combinations(state, options)) {
    scratch.fill(0, state.durable.length);
    scratch.set(state.durable.subarray(0, scratch.length));
    state.uncertain.forEach(({ sector, choices }, index) => {
      const choice = choices[picks[index] ?? 0];
      if (choice !== undefined && sector * state.sectorBytes < largest) scratch.set(choice, sector * state.sectorBytes);
    });
    for (const size of sizes) visit(scratch.slice(0, size));
  }
}

/** A file that grows may have stopped on the way. */
function possibleSizes(state: DiskState): readonly number[] {
  const from = state.durable.length;
  const sizes = new Set(state.sizes);
  for (const to of state.sizes) {
    const sectors = Math.floor((to - from) / state.sectorBytes);
    if (sectors < 2) continue;
    const border = Math.ceil(from / state.sectorBytes) * state.sectorBytes;
    for (const count of [1, Math.floor(sectors / 2), sectors - 1]) {
      sizes.add(Math.min(to, border + count * state.sectorBytes));
    }
  }
  return [...sizes];
}

function* combinations(state: DiskState, options: CrashImageOptions): Iterable<readonly number[]> {
  const counts = state.uncertain.map(({ choices }) => choices.length);
  const product = counts.reduce((all, count) => Math.min(all * count, Number.MAX_SAFE_INTEGER), 1);
  if (product <= options.exhaustive) yield* allCombinations(counts);
  else yield* someCombinations(counts, options);
}

function* allCombinations(counts: readonly number[]): Iterable<readonly number[]> {
  const picks = counts.map(() => 0);
  for (;;) {
    yield picks;
    let place = 0;
    while (place < counts.length && (picks[place] ?? 0) + 1 === counts[place]) picks[place++] = 0;
    if (place === counts.length) return;
    picks[place] = (picks[place] ?? 0) + 1;
  }
}

function* someCombinations(counts: readonly number[], options: CrashImageOptions): Iterable<readonly number[]> {
  const newest = counts.map((count) => count - 1);
  const step = Math.max(1, Math.ceil(counts.length / MAX_PLACES));
  for (let place = 0; place <= counts.length; place += step) {
    yield newest.map((pick, index) => index < place ? pick : 0);
    yield newest.map((pick, index) => index === place ? 0 : pick);
    yield newest.map((pick, index) => index === place ? pick : 0);
  }
  for (let count = 0; count < options.random; count += 1) yield counts.map((choices) => options.chance.below(choices));
}
