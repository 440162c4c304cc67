import type { Mutant } from "./mutant.ts";
import { type Break, STATEMENT_BREAKS } from "./statement_breaks.ts";

const WHILE_HELD: Break = [
  "heartbeats end while something is held",
  "lib/storage/sql/sql_worker.ts",
  "for (const held of this.held.values()) held.checkLease();",
  "for (const { checkLease } of this.held.values()) checkLease();",
];

/** What the simulation of many processes must notice by itself, within a few histories. */
export const SIMULATION_MUTANTS: readonly Mutant[] = [
  ...STATEMENT_BREAKS.map((broken) => toMutant(broken, "tests/storage/sqlite/simulation_test.ts")),
  toMutant(WHILE_HELD, "tests/storage/sql/sql_worker_test.ts"),
];

function toMutant([name, file, find, replace]: Break, test: string): Mutant {
  return { name: `simulated: ${name}`, edits: [{ file, find, replace }], tests: [test] };
}
