/**
 * Runs histories of many processes that share a database, with the store's own code and statements and with every delay, lost
 * answer, crash and jump of a clock decided by a seed: `deno run -A tools/simulate.ts [COUNT] [--seed S]`. Prints the seed of
 * each history that breaks a promise. With `--seed` alone it repeats one and prints what has happened in it.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { SimulatedDatabase } from "../tests/storage/sqlite/simulated_database.ts";
import { simulateHistory } from "../tests/storage/sqlite/simulate_history.ts";

const PROGRESS_EVERY = 1000;

async function main(): Promise<number> {
  const { seed: seedText, _: [countText] } = parseArgs(Deno.args, { string: ["seed"] });
  const seed = Number(seedText ?? crypto.getRandomValues(new Uint32Array(1))[0]);
  const count = Number(countText ?? 1);
  if (!Number.isInteger(seed) || !Number.isInteger(count) || (countText === undefined && seedText === undefined)) {
    console.error("Usage: deno run -A tools/simulate.ts [COUNT] [--seed S], at least one of them, both whole numbers");
    return 2;
  }
  using database = new SimulatedDatabase();
  const tell = countText === undefined ? (what: string) => console.log(what) : undefined;
  const begin = performance.now();
  const sums = { actions: 0, commits: 0, calls: 0, requests: 0, deaths: 0, violations: 0 };
  let failing = 0;
  for (let done = 0; done < count; done += 1) {
    const { violations, ...counts } = await simulateHistory(database, seed + done, tell);
    if (violations.length > 0) {
      failing += 1;
      console.log(`seed ${seed + done}: ${violations.length} violations`);
      for (const { rule, detail } of violations.slice(0, 5)) console.log(`  ${rule}: ${detail}`);
    }
    sums.violations += violations.length;
    for (const key of ["actions", "commits", "calls", "requests", "deaths"] as const) sums[key] += counts[key];
    if ((done + 1) % PROGRESS_EVERY === 0 || done + 1 === count) {
      const seconds = (performance.now() - begin) / 1000;
      console.log(`${done + 1} histories, ${failing} failing, ${seconds.toFixed(1)} s: ${JSON.stringify(sums)}`);
    }
  }
  return failing === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main());
