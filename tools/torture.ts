/**
 * Tries for some minutes to break what the journal promises, prints what was tried and what broke, and fails if anything did:
 * `deno task torture [--minutes N] [--seed S] [--only postgres|sqlite|workers [--spare]]`. All choices follow from the seed; where a process is
 * when it is killed from outside does not. `--only`: nothing but processes that share such a database, for all of the time, or
 * workers that run what is due in a folder and in each database, for so long in each; with
 * `--spare`, harm is done only to what they use, and not to themselves: connections to PostgreSQL fall silent for longer than a
 * lease, and then what was sent arrives.
 *
 * To see that the checks would notice: in a copy of the project, take the owner and the epoch out of `isMine` in
 * `lib/storage/postgres/statements.ts`, as the mutant "an append to PostgreSQL is fenced" in `postgres_mutants.ts` does, and run
 * `deno task torture --only postgres --spare --minutes 2` there.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { PROMISES, TortureReport } from "../tests/torture/torture_report.ts";
import { PLACES } from "../tests/torture/workers/worker_place.ts";
import { databasePart, DATABASES, type TorturePart, tortureParts, workersPart } from "./torture_parts.ts";

const MINUTES = 5;
/** Of the time so much is left to the kill loop at least. */
const KILL_LOOP_SHARE = 0.4;

/** Runs parts one after another, and notes what ends one early. */
async function runLane(parts: readonly TorturePart[], report: TortureReport, skipped: string[]): Promise<void> {
  for (const part of parts) {
    const begin = performance.now();
    try {
      const refusal = await part.run(report);
      if (refusal !== undefined) skipped.push(`${part.name}: ${refusal}`);
    } catch (error) {
      report.breach("other promises broken", `${part.name}: ${error instanceof Error ? error.stack : error}`);
    }
    const seconds = Math.round((performance.now() - begin) / 1000);
    console.error(`${part.name}: ${seconds} s, ${report.details.length} breaches so far`);
  }
}

function printTable(report: TortureReport, skipped: readonly string[]): void {
  const rows = [
    ["tried", ""],
    ...Array.from(report.counts.keys()).sort().map((what) => [what, report.countOf(what).toLocaleString("en")]),
    ["broken", ""],
    ...PROMISES.map((promised) => [promised, String(report.breachesOf(promised))]),
  ];
  const width = Math.max(...rows.map(([what = ""]) => what.length));
  for (const [what = "", count = ""] of rows) console.log(`${what.padEnd(width)} ${count.padStart(12)}`.trimEnd());
  for (const reason of skipped) console.log(`skipped: ${reason}`);
  for (const detail of report.details) console.log(detail);
}

async function main(): Promise<number> {
  const { minutes: minutesText, seed: seedText, only, spare } = parseArgs(Deno.args, {
    string: ["minutes", "seed", "only"],
    boolean: ["spare"],
  });
  const minutes = Number(minutesText ?? MINUTES);
  const seed = Number(seedText ?? crypto.getRandomValues(new Uint32Array(1))[0]);
  const database = DATABASES.find((kind) => kind === only);
  const isOfWorkers = only === "workers";
  if (!(minutes > 0) || !Number.isInteger(seed) || (only !== undefined && database === undefined && !isOfWorkers)) {
    const usage = `[--minutes N] [--seed S] [--only ${[...DATABASES, "workers"].join("|")} [--spare]]`;
    console.error(`Usage: deno task torture ${usage}, N a number above 0, S a whole number`);
    return 2;
  }
  const begin = performance.now();
  console.log(`seed ${seed}, ${minutes} minutes, ${new Date().toISOString().slice(0, 10)}, Deno ${Deno.version.deno}`);
  const report = new TortureReport();
  const skipped: string[] = [];
  const lane = (...parts: readonly TorturePart[]) => runLane(parts, report, skipped);
  const seconds = minutes * 60;
  if (database !== undefined) await lane(databasePart(database, { seed, seconds, sparesProcesses: spare }));
  else if (isOfWorkers) await lane(...PLACES.map((place) => workersPart(place, { seed, seconds })));
  else {
    const { beside, killLoop, databases } = tortureParts({ seed, seconds });
    await Promise.all(beside.map((parts) => lane(...parts)));
    await lane(...databases);
    const share = seconds * 1000 * KILL_LOOP_SHARE;
    const end = Math.max(begin + seconds * 1000, performance.now() + share);
    await lane(killLoop(() => performance.now() >= end));
  }
  printTable(report, skipped);
  return report.details.length === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main());
