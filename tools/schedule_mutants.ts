import type { Mutant } from "./mutant.ts";

const [FIVE_YEARS, TIMES, STORES] = [
  "tests/work/schedules/five_years_test.ts",
  "tests/work/schedules/cron_times_test.ts",
  "tests/storage/schedules_test.ts",
];
const DECIDING = "lib/work/schedules/decide_times.ts";
const FIRING = "lib/work/schedules/fire_schedules.ts";

function mutant(name: string, file: string, [find, replace]: readonly [string, string], test: string): Mutant {
  return { name, edits: [{ file, find, replace }], tests: [test] };
}

/** Mutants that break the promises about schedules. */
export const SCHEDULE_MUTANTS: readonly Mutant[] = [
  mutant("a schedule makes up for each time that was missed", DECIDING, [
    'return index === times.length - 1 ? undefined : "missed";',
    "return undefined;",
  ], FIVE_YEARS),
  mutant("a schedule makes up for one time more than it may", DECIDING, [
    "late - index <= policy.maxMissed",
    "late - index <= policy.maxMissed + 1",
  ], FIVE_YEARS),
  mutant("a time that was missed for too long is fired", DECIDING, [
    'ageMs > withinMs ? "late" : undefined',
    "undefined",
  ], FIVE_YEARS),
  mutant("what a pause has covered is fired when it has ended", DECIDING, [
    "at <= Date.parse(resumedAt)",
    "at < Date.parse(resumedAt) - 86_400_000",
  ], FIVE_YEARS),
  mutant("a schedule that was edited fires what is past", FIRING, [
    "times.next(Math.max(now, stored === undefined ? now : lastDecided(stored)))",
    "times.next(stored === undefined ? now : lastDecided(stored))",
  ], FIVE_YEARS),
  mutant("a schedule that was edited while the clock was set back fires again", FIRING, [
    "return Math.max(lastAt,",
    "return Math.min(-Infinity, lastAt,",
  ], STORES),
  mutant("what waits for an earlier firing is forgotten by the next skip", FIRING, [
    "{ ...memory, skips: [...memory.skips, skip].slice(-KEPT_SKIPS) }",
    "{ ...memory, waiting: [], skips: [...memory.skips, skip].slice(-KEPT_SKIPS) }",
  ], FIVE_YEARS),
  mutant("a later time overtakes those that wait", FIRING, [
    "memory.waiting.length > 0 || await schedules.hasOpen(name)",
    "await schedules.hasOpen(name)",
  ], "tests/work/schedules/fire_schedules_test.ts"),
  mutant("a worker does not notice that another one was quicker", FIRING, [
    'if (answer === "open" || answer === "passed") return { pauseMs: RACE_MS };',
    'if (answer === "open") return { pauseMs: RACE_MS };',
  ], STORES),
  mutant("two workers with different modules edit a schedule in turn", FIRING, [
    "stored !== undefined && this.#defined.has(name)",
    "stored !== undefined && this.#differing.has(name)",
  ], STORES),
  mutant("a fixed hour that the clock jumps over is left out", "lib/work/schedules/cron_times.ts", [
    "if (this.#fixed === undefined ||",
    "if (this.#fixed !== undefined ||",
  ], TIMES),
  mutant("a firing of a database ignores a pause", "lib/storage/sqlite/schedule_statements.ts", [
    "version = ?2 and paused = 0",
    "version = ?2",
  ], STORES),
  mutant(
    "a firing of a database does not see that an earlier one is open",
    "lib/storage/sqlite/schedule_statements.ts",
    [
      "status not in (5, 6, 7) limit 1",
      "status not in (0, 5, 6, 7) limit 1",
    ],
    STORES,
  ),
  mutant("a firing of a database does not advance its schedule", "lib/storage/sqlite/schedule_tables.ts", [
    "    this.advanceSchedule(firing);\n",
    "",
  ], STORES),
  mutant("a firing in a folder advances whatever version is there", "lib/storage/file/folder_schedules.ts", [
    'if (found?.version !== change.version) return "passed";',
    'if (found === undefined) return "passed";',
  ], STORES),
  mutant("a firing in a folder does not remember that it is open", "lib/storage/file/folder_schedules.ts", [
    "open: [...open.filter((other) => other !== file), file] };",
    "open };",
  ], STORES),
  mutant("a firing in a folder is made again although it is there", "lib/storage/file/folder_schedules.ts", [
    "if (state.isReady || read.isHeld) return true;",
    "if (read.isHeld) return true;",
  ], STORES),
  mutant("prune removes what a schedule has not passed", "lib/cli/commands/prune_command.ts", [
    "unpassed?.has(journal) !== true",
    "unpassed?.has(journal) !== undefined",
  ], STORES),
  mutant("what waits does not count for the position of a schedule", "lib/storage/schedules.ts", [
    "return Math.min(nextAt, ...memory.waiting.map((time) => Date.parse(time)));",
    "return nextAt;",
  ], STORES),
];
