import type { Target } from "./benchmark.ts";
import type { BenchResult } from "./judge_row.ts";

/** Lays results out as a table for people. */
export function renderResults(results: readonly BenchResult[]): string {
  const rows = [["", "median", "quartiles", "target", ""], ...results.map(toCells)];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const lines = rows.map((cells) => cells.map((cell, column) => pad(cell, column, widths[column] ?? 0)).join("  "));
  const notes = results.flatMap((result) => "note" in result ? [`${result.name}: ${result.note}`] : []);
  return [...lines.map((line) => line.trimEnd()), ...(notes.length === 0 ? [] : ["", ...notes]), ""].join("\n");
}

function toCells(result: BenchResult): readonly string[] {
  if ("unavailable" in result) return [result.name, "not available", "", "", result.unavailable];
  const { name, unit, low, median, high, target, ok } = result;
  const quartiles = `${format(low)} to ${format(high)}`;
  return [
    name,
    `${format(median)} ${unit}`,
    quartiles,
    ok === undefined ? "" : describe(target),
    ok === undefined ? "" : ok ? "ok" : "MISSED",
  ];
}

function describe(target: Target | undefined): string {
  if (target === undefined) return "";
  return "atLeast" in target ? `≥ ${format(target.atLeast)}` : `≤ ${format(target.atMost)}`;
}

/** Three digits or so: more would say nothing. */
function format(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function pad(cell: string, column: number, width: number): string {
  return column === 0 || column === 4 ? cell.padEnd(width) : cell.padStart(width);
}
