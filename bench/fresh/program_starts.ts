import { fromFileUrl } from "@std/path/from-file-url";
import { CLI } from "../../tests/support/run_deno.ts";
import type { Benchmark, BenchRow, BenchSettings } from "../benchmark.ts";
import { nearlyFinishedJournal } from "../nearly_finished_journal.ts";
import { copyDurably } from "../resume_journals.ts";
import { summarizeSamples } from "../summarize_samples.ts";
import { runProgram } from "./run_program.ts";
import { projectFlags } from "./start_systems.ts";

const STEPS = 10;
/** They are over quickly, and the scheduler's whims weigh more than elsewhere. */
const ROUNDS_EACH = 4;

/** A short program, and how many empty programs its start may take. */
interface ShortProgram {
  readonly title: string;
  readonly module: string;
  /** Makes ready what it needs, and returns its arguments. Is not timed. */
  readonly prepare: (settings: BenchSettings) => readonly string[];
  readonly atMost: number;
}

const PROGRAMS: readonly ShortProgram[] = [
  { title: "import of the library", module: pathOf("./import_program.ts"), prepare: () => [], atMost: 1.6 },
  {
    title: "script of one step",
    module: pathOf("./one_step_program.ts"),
    prepare: ({ folder }) => [`${folder}/one-step.json`],
    atMost: 2.3,
  },
  {
    title: `resume, ${STEPS} steps`,
    module: CLI,
    prepare: ({ folder }) => ["resume", copyDurably(nearlyFinishedJournal(folder, STEPS))],
    atMost: 2.3,
  },
  {
    title: `inspect, ${STEPS} steps`,
    module: CLI,
    prepare: ({ folder }) => ["inspect", nearlyFinishedJournal(folder, STEPS)],
    atMost: 2,
  },
];

/** How long short programs take, as a multiple of one that is empty. */
export const programStarts: Benchmark = {
  name: "programs",
  summary: "fresh processes: an import, a script of one step, resume and inspect of 10 steps, against an empty program",
  run: async (settings) => {
    const empty: number[] = [];
    const own = PROGRAMS.map(() => Array<number>());
    const rounds = settings.isQuick ? settings.rounds : settings.rounds * ROUNDS_EACH;
    // The first process of each kind compiles what the others find in Deno's cache.
    if (!settings.isQuick) { for (const program of PROGRAMS) await time(settings, program); }
    for (let round = 0; round < rounds; round += 1) {
      empty.push(await time(settings, { module: pathOf("../empty_program.ts"), prepare: () => [] }));
      for (const [index, program] of PROGRAMS.entries()) own[index]?.push(await time(settings, program));
    }
    return PROGRAMS.map((program, index) => toRow(program, own[index] ?? [], empty));
  },
};

async function time(
  settings: BenchSettings,
  { module, prepare }: Pick<ShortProgram, "module" | "prepare">,
): Promise<number> {
  const args = prepare(settings);
  const { ms, code, stderr } = await runProgram(settings.processes, {
    module,
    flags: projectFlags(settings.folder),
    args,
  });
  if (code !== 0) throw new Error(`Cannot measure ${module} ${args.join(" ")}: it ended with code ${code}: ${stderr}`);
  return ms;
}

function toRow({ title, atMost }: ShortProgram, own: readonly number[], empty: readonly number[]): BenchRow {
  const above = summarizeSamples(own.map((ms, round) => ms - (empty[round] ?? NaN))).median;
  return {
    name: `fresh, ${title}, against an empty program`,
    unit: "×",
    samples: own.map((ms, round) => ms / (empty[round] ?? NaN)),
    target: { atMost },
    note: `${above.toFixed(0)} ms above the empty program, which takes ${summarizeSamples(empty).median.toFixed(0)} ms`,
  };
}

function pathOf(module: string): string {
  return fromFileUrl(import.meta.resolve(module));
}
