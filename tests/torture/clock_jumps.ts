import { TransactionAborted } from "../../lib/errors/running_errors.ts";
import { checkJournal } from "../../lib/inspect/data/check_journal.ts";
import { inspectJournal } from "../../lib/inspect/data/inspect_state.ts";
import { FileStore } from "../../lib/storage/file/file_store.ts";
import { effects, failUnless, note, takeEffects } from "../support/programs/sample_steps.ts";
import { resumeSample, runSample } from "../support/programs/sample_transaction.ts";
import { SeededRandom } from "../support/seeded_random.ts";
import { makeTempFolder } from "../support/temp_folder.ts";
import type { TortureReport } from "./torture_report.ts";

/** How many transactions run by a clock that jumps. */
export interface ClockJumpsOptions {
  /** What all jumps follow from. */
  readonly seed: number;
  /** Where to count. */
  readonly report: TortureReport;
  /** How many transactions. */
  readonly count: number;
}

const TEN_YEARS_MS = 10 * 365 * 24 * 60 * 60 * 1000;
const MIDDLE = Date.parse("2026-11-23T02:15:00.123Z");
const NAMES = ["a", "b", "word", "c"];

/** Runs, aborts and resumes transactions while the clock jumps by up to ten years to and fro between any two records. */
export async function tryClockJumps({ seed, report, count }: ClockJumpsOptions): Promise<void> {
  const chance = new SeededRandom(seed);
  const now = () => {
    report.count("clock jumps of up to 10 years");
    return new Date(MIDDLE + (chance.below(2_000_001) / 1_000_000 - 1) * TEN_YEARS_MS);
  };
  const store = new FileStore(now);
  await using folder = await makeTempFolder();
  for (let index = 0; index < count; index += 1) {
    const journal = `${folder.path}/${index}.json`;
    const complain = (detail: string) =>
      report.breach("other promises broken", `seed ${seed}, clock ${index}: ${detail}`);
    takeEffects();
    try {
      await runSample(store, journal, (t) => {
        t.do(note, "a");
        t.do(note, "b");
        t.do(failUnless, "word");
        return t.do(note, "c");
      }, { keep: true });
      complain("was not aborted");
    } catch (error) {
      if (!(error instanceof TransactionAborted)) throw error;
    }
    await checkSound(store, journal, complain);
    effects.push("word");
    if (await resumeSample(store, journal) !== "c") complain("has another value");
    await checkSound(store, journal, complain);
    const found = takeEffects().map((effect) => effect.replace("fixed by ", ""));
    if (found.join() !== [...NAMES.slice(0, 3), "word", "c"].join()) complain(`has done ${found.join()}`);
  }
}

async function checkSound(store: FileStore, journal: string, complain: (detail: string) => void): Promise<void> {
  const { isSound, faults } = await checkJournal(store, journal);
  if (!isSound) complain(JSON.stringify(faults));
  const { status, ms, steps } = await inspectJournal(store, journal);
  if (status !== "aborted" && status !== "finished") complain(`is ${status}`);
  if (ms !== undefined && ms < 0) complain(`took ${ms} ms`);
  if (steps.some((step) => step.ms !== undefined && step.ms < 0)) complain("has a step that took less than no time");
}
