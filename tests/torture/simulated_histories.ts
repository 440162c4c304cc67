import { SimulatedDatabase } from "../storage/sqlite/simulated_database.ts";
import { simulateHistory } from "../storage/sqlite/simulate_history.ts";
import type { Promised, TortureReport } from "./torture_report.ts";

interface HistoriesOptions {
  readonly seed: number;
  readonly report: TortureReport;
  readonly count: number;
}

/** Runs histories of simulated processes that share a database. `deno run -A tools/simulate.ts --seed S` repeats one. */
export async function trySimulatedHistories({ seed, report, count }: HistoriesOptions): Promise<void> {
  using database = new SimulatedDatabase();
  for (let number = seed; number < seed + count; number += 1) {
    const { violations, ...counts } = await simulateHistory(database, number);
    report.count("simulated histories");
    for (const what of ["commits", "calls", "requests", "deaths"] as const) {
      report.count(`simulated histories: ${what}`, counts[what]);
    }
    for (const { rule, detail } of violations) {
      report.breach(promiseOf(rule), `simulated history, seed ${number}: ${rule}: ${detail}`);
    }
  }
}

function promiseOf(rule: string): Promised {
  if (rule === "what was acknowledged is stored") return "acknowledged records lost";
  return rule === "no step is called twice" ? "finished steps repeated" : "other promises broken";
}
