/** What many numbers come to. */
export interface Summary {
  /** A quarter of the numbers are below. */
  readonly low: number;
  /** Half of the numbers are below. */
  readonly median: number;
  /** Three quarters of the numbers are below. */
  readonly high: number;
}

/**
 * Sums up numbers as their median and quartiles.
 *
 * @throws {RangeError} There are none.
 */
export function summarizeSamples(samples: readonly number[]): Summary {
  const sorted = samples.toSorted((a, b) => a - b);
  return { low: quantile(sorted, 0.25), median: quantile(sorted, 0.5), high: quantile(sorted, 0.75) };
}

/** Between two numbers, as far from the one as the share says. */
function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  if (below === undefined || above === undefined) throw new RangeError("Cannot sum up no numbers");
  return below + (above - below) * (position - Math.floor(position));
}
