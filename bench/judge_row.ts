import type { BenchRow, BenchSettings, Measurement, Target } from "./benchmark.ts";
import { summarizeSamples, type Summary } from "./summarize_samples.ts";

/** A row, judged. */
export type BenchResult =
  | (Measurement & Summary & {
    /** Whether the median keeps the target; absent without one, and with small sizes. */
    readonly ok?: boolean;
  })
  | Extract<BenchRow, { readonly unavailable: string }>;

/** Sums a row up, and says whether it keeps its target. */
export function judgeRow(row: BenchRow, { isQuick }: Pick<BenchSettings, "isQuick">): BenchResult {
  if ("unavailable" in row) return row;
  const summary = summarizeSamples(row.samples);
  if (isQuick || row.target === undefined) return { ...row, ...summary };
  return { ...row, ...summary, ok: keeps(summary.median, row.target) };
}

function keeps(value: number, target: Target): boolean {
  return "atLeast" in target ? value >= target.atLeast : value <= target.atMost;
}
