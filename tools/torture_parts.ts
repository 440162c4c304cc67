import { fromFileUrl } from "@std/path/from-file-url";
import { missingPostgres } from "../tests/support/postgres_server.ts";
import { runDeno } from "../tests/support/run_deno.ts";
import { tryClockJumps } from "../tests/torture/clock_jumps.ts";
import { breakExactlyOnce } from "../tests/torture/database/exactly_once.ts";
import { sizesBetween, tryFailingSyncs, tryFileLimits, tryFullDisks } from "../tests/torture/disk/failing_disk.ts";
import { runKillLoop } from "../tests/torture/kill/kill_loop.ts";
import { tryManyStepsInDatabases } from "../tests/torture/large_databases.ts";
import { tryFailingMiddle, tryLongLine, tryManySteps } from "../tests/torture/large_journals.ts";
import { tryLiveReaders } from "../tests/torture/live_readers.ts";
import { breakRequests } from "../tests/torture/requests/request_lives.ts";
import { raceResumers } from "../tests/torture/racing_resumers.ts";
import { tryRecordMutants } from "../tests/torture/records/record_mutants.ts";
import { runChaos } from "../tests/torture/chaos/run_chaos.ts";
import { trySimulatedHistories } from "../tests/torture/simulated_histories.ts";
import { runWorkers } from "../tests/torture/workers/run_workers.ts";
import { type Place, PLACES } from "../tests/torture/workers/worker_place.ts";
import type { Promised, TortureReport } from "../tests/torture/torture_report.ts";

/** One way to break something. */
export interface TorturePart {
  /** Its name, for people. */
  readonly name: string;
  /** Tries; returns why it could not, if it could not. */
  readonly run: (report: TortureReport) => Promise<string | undefined | void>;
}

/** All parts. */
export interface TortureParts {
  /** Lanes of parts to be run side by side. */
  readonly beside: readonly (readonly TorturePart[])[];
  /** Takes all the time that is left. */
  readonly killLoop: (isEnough: () => boolean) => TorturePart;
  /** Processes that share a database. */
  readonly databases: readonly TorturePart[];
}

/** Lets workers run what is due, and kills them. */
export function workersPart(
  place: Place,
  { seed, seconds }: { readonly seed: number; readonly seconds: number },
): TorturePart {
  return {
    name: `workers, ${place}`,
    run: async (report) => {
      const missing = place === "postgres" ? missingPostgres() : undefined;
      if (missing !== undefined) return missing;
      const jobs = Math.max(30, Math.round(seconds * JOBS_PER_SECOND));
      const { counts, violations } = await runWorkers({ place, seed, seconds, jobs });
      for (const [what, times] of counts) report.count(`workers, ${place}: ${what}`, times);
      for (const violation of violations) {
        report.breach(promiseOf(violation), `workers, ${place}, seed ${seed}: ${violation}`);
      }
      return undefined;
    },
  };
}

/** What processes can share. */
export const DATABASES = ["postgres", "sqlite"] as const;
type Database = typeof DATABASES[number];
/** How many run at the same time: some are stopped, and some have just been started. */
const PROCESSES: Readonly<Record<Database, number>> = { postgres: 7, sqlite: 6 };

const ROOT = fromFileUrl(new URL("../", import.meta.url));
const STATE_MACHINE = fromFileUrl(import.meta.resolve("../tests/torture/machine/explore_machine.ts"));
const RANDOM_CRASHES = fromFileUrl(import.meta.resolve("../tests/torture/disk/random_crashes.ts"));
const STORAGE_TESTS = ["crash_explorer", "disk_fault", "crash_model", "durable_damage"];
const IMAGES = "crash images";
/** The part of the time in which crashes drawn by chance are explored. */
const RANDOM_CRASHES_SHARE = 0.2;
/** The part of the time in which random plans are run. */
const STATE_MACHINE_SHARE = 0.2;
const KILL_LANES = 3;
/** The part of the time in which processes share a database, for each kind. */
const DATABASE_SHARE = 0.15;
/** The part of the time in which workers are killed, for each place. */
const WORKERS_SHARE = 0.1;
const JOBS_PER_SECOND = 20 / 3;
const COMPARED_HISTORIES = 40;
/** A move has not as many calls. */
const ALL_KILLS = 1000;
const SYNCS = [1, 2, 3, 4, 5, 6, 7].map((count) => ["fdatasync", count] as const);

/** Lists what is tried with a seed in a number of seconds. */
export function tortureParts({ seed, seconds }: { readonly seed: number; readonly seconds: number }): TortureParts {
  const effort = seconds >= 240 ? 2 : 1;
  const crashes = [
    ...STORAGE_TESTS.map((name) => ({ name, run: (report: TortureReport) => runTests(name, seed, effort, report) })),
    {
      name: "random crashes",
      run: (report: TortureReport) => runRandomCrashes(seed, Math.round(seconds * RANDOM_CRASHES_SHARE), report),
    },
  ];
  return {
    beside: [crashes, [machinePart(seed, seconds), ...quickParts(seed)]],
    killLoop: (isEnough) => ({
      name: "kill loop",
      run: (report) => runKillLoop({ seed, report, isEnough, lanes: KILL_LANES }),
    }),
    databases: [
      ...DATABASES.map((kind) => databasePart(kind, { seed, seconds: Math.round(seconds * DATABASE_SHARE) })),
      ...PLACES.map((place) => workersPart(place, { seed, seconds: Math.round(seconds * WORKERS_SHARE) })),
    ],
  };
}

interface DatabaseOptions {
  readonly seed: number;
  readonly seconds: number;
  /** Nothing is done to the processes themselves. */
  readonly sparesProcesses?: boolean;
}

/** Kills, stops and cuts off processes that share a database. */
export function databasePart(kind: Database, { seed, seconds, sparesProcesses = false }: DatabaseOptions): TorturePart {
  return {
    name: kind,
    run: async (report) => {
      const missing = kind === "postgres" ? missingPostgres() : undefined;
      if (missing !== undefined) return missing;
      const { counts, violations } = await runChaos({
        kind,
        seed,
        seconds,
        processes: PROCESSES[kind],
        sparesProcesses,
      });
      for (const [what, times] of counts.entries) report.count(`${kind}: ${what}`, times);
      for (const violation of violations) report.breach(promiseOf(violation), `${kind}, seed ${seed}: ${violation}`);
      return undefined;
    },
  };
}

function promiseOf(violation: string): Promised {
  if (/gone|stored|lost/.test(violation)) return "acknowledged records lost";
  return /repeated|twice/.test(violation) ? "finished steps repeated" : "other promises broken";
}

function machinePart(seed: number, seconds: number): TorturePart {
  return {
    name: "state machine",
    run: async (report) => {
      const time = String(Math.round(seconds * STATE_MACHINE_SHARE));
      const { code, stdout, stderr } = await runDeno(STATE_MACHINE, [String(seed), time]);
      if (code !== 0) {
        return report.breach("other promises broken", `state machine, seed ${seed}: ${stderr.slice(0, 5000)}`);
      }
      const { cases, lives, crashes, overdue, inTime, late, inserted, records } = JSON.parse(stdout);
      report.count("random plans", Number(cases));
      report.count("random plans: processes", Number(lives));
      report.count("random plans: crashes", Number(crashes));
      report.count("random plans: overdue calls", Number(overdue));
      report.count("random plans: late ends", Number(inTime) + Number(late));
      report.count("random plans: inserted steps", Number(inserted));
      report.count("random plans: records", Number(records));
    },
  };
}

function quickParts(seed: number): readonly TorturePart[] {
  return [
    { name: "record mutants", run: (report) => tryRecordMutants({ seed, report, count: 20_000 }) },
    { name: "clock jumps", run: (report) => tryClockJumps({ seed, report, count: 200 }) },
    { name: "racing resumers", run: (report) => raceResumers({ seed, report, races: 50 }) },
    { name: "exactly once", run: (report) => breakExactlyOnce({ seed, report, transfers: 20 }) },
    { name: "requests", run: (report) => breakRequests({ seed, report, lives: 40 }) },
    { name: "simulated processes", run: (report) => trySimulatedHistories({ seed, report, count: 2000 }) },
    { name: "calls of both databases", run: (report) => compareDatabases(seed, report) },
    { name: "killed moves", run: (report) => killMoves(seed, report) },
    { name: "live readers", run: (report) => tryLiveReaders({ report, reads: 2000, commands: 50 }) },
    // On a larger disk, the journal fits.
    { name: "full disks", run: (report) => tryFullDisks(report, sizesBetween(16, 230, 30)) },
    { name: "file size limits", run: (report) => tryFileLimits(report, sizesBetween(40, 230, 30)) },
    { name: "failing syncs", run: (report) => tryFailingSyncs(report, [...SYNCS, ["fsync", 1], ["fsync", 2]]) },
    { name: "many steps", run: (report) => tryManySteps(report, 1_000_000) },
    { name: "many steps in databases", run: (report) => tryManyStepsInDatabases(report, 100_000) },
    { name: "many steps, one of them failing", run: (report) => tryFailingMiddle(report, 100_000) },
    { name: "long line", run: (report) => tryLongLine(report, 1024) },
  ];
}

/** SQLite and PostgreSQL must give the same answers. Where there is no server, nothing is compared. */
async function compareDatabases(seed: number, report: TortureReport): Promise<string | undefined> {
  const reason = missingPostgres();
  if (reason !== undefined) return reason;
  const env = { TEST_SEED: String(seed), RESUMABLE_TX_CALL_HISTORIES: String(COMPARED_HISTORIES) };
  report.count("histories of calls of both databases", COMPARED_HISTORIES);
  await runFile("tests/storage/postgres/differential_test.ts", env, report);
}

/** Kills exports and imports at each of their calls. */
async function killMoves(seed: number, report: TortureReport): Promise<void> {
  const env = { TEST_SEED: String(seed), MOVE_KILLS: String(ALL_KILLS) };
  await runFile("tests/product/moves/killed_test.ts", env, report);
  report.count("moves that were killed at each of their calls", 2);
}

async function runFile(path: string, env: Readonly<Record<string, string>>, report: TortureReport): Promise<void> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", path],
    cwd: ROOT,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stderr: "null",
  }).output();
  const output = new TextDecoder().decode(stdout);
  if (!success) report.breach("other promises broken", `${path}: ${output.slice(-3000)}`);
}

async function runTests(name: string, seed: number, effort: number, report: TortureReport): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", `tests/storage/file/${name}_test.ts`],
    cwd: ROOT,
    env: { NO_COLOR: "1", TEST_SEED: String(seed), TEST_EFFORT: String(effort) },
    stdin: "null",
  }).output();
  const output = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  if (!success) report.breach(breachIn(output), `${name}: ${output.slice(-2000)}`);
  if (name === "durable_damage") report.count("tests of durable damage", Number(/(\d+) passed/.exec(output)?.[1] ?? 0));
  if (name === "disk_fault") report.count("disk calls that failed", 8 * Number(/(\d+) calls/.exec(output)?.[1] ?? 0));
  if (name === "crash_model") report.count("lives of the model test", 300 * effort);
  report.count(IMAGES, sumPeaks(Array.from(output.matchAll(/(\d+) images/g), ([, images]) => Number(images))));
  const recoveries = Array.from(output.matchAll(/(\d+) of them left by recoveries/g), ([, images]) => Number(images));
  report.count(`${IMAGES} left by recoveries`, sumPeaks(recoveries));
}

/** An explorer says its images each time so far: where the number falls, another one begins. */
function sumPeaks(counts: readonly number[]): number {
  return counts.reduce((sum, count, index) => (counts[index + 1] ?? 0) > count ? sum : sum + count, 0);
}

async function runRandomCrashes(seed: number, seconds: number, report: TortureReport): Promise<void> {
  const { code, stdout, stderr } = await runDeno(RANDOM_CRASHES, [String(seed), String(seconds)]);
  if (code !== 0) return report.breach(breachIn(stderr), `random crashes, seed ${seed}: ${stderr.slice(0, 3000)}`);
  const found = JSON.parse(stdout);
  report.count(IMAGES, Number(found.images));
  report.count(`${IMAGES} left by recoveries`, Number(found.imagesOfRecoveries));
  report.count("journals whose crashes were drawn by chance", Number(found.scripts));
}

/** The explorer's first word tells what broke. */
function breachIn(output: string): Promised {
  if (output.includes("Lost: ")) return "acknowledged records lost";
  return output.includes("Refused: ") ? "journals refused that a crash alone made" : "other promises broken";
}
