import type { BenchRow, BenchSettings, Target } from "./benchmark.ts";
import { type CommandCost, compareWithEmpty } from "./compare_with_empty.ts";
import { nearlyFinishedJournal } from "./nearly_finished_journal.ts";

const SIZES = [100, 10_000, 100_000, 1_000_000];
const QUICK_SIZES = [10, 100, 1000];
const GROWTH_TARGET = { atMost: 1.2 };
/** Noise may turn a small difference round. */
const LEAST_MS = 0.001;

/** A command whose cost with journals of many sizes is measured. */
export interface MeasuredCommand {
  /** Its name. */
  readonly name: string;
  /** Returns the words of the command line, given a journal that must stay as it is. */
  readonly prepare: (journal: string) => readonly string[];
  /** Milliseconds that are allowed, by number of steps. */
  readonly targets: Readonly<Record<number, Target>>;
  /** Megabytes that are allowed for the largest journal. */
  readonly memoryTarget?: Target;
  /** Milliseconds that are allowed for each 100 MB of the largest journal. */
  readonly sizeTarget?: Target;
}

/** Measures a command with journals that have all steps but the last one finished, of which each is larger than the one before. */
export async function measureCommand(settings: BenchSettings, command: MeasuredCommand): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  const measured: { readonly steps: number; readonly costs: readonly CommandCost[]; readonly bytes: number }[] = [];
  for (const steps of settings.isQuick ? QUICK_SIZES : SIZES) {
    const journal = nearlyFinishedJournal(settings.folder, steps);
    const prepare = () => command.prepare(journal);
    // The first process of a kind compiles what the others find in Deno's cache.
    if (measured.length === 0 && !settings.isQuick) await compareWithEmpty(1, prepare);
    const costs = await compareWithEmpty(settings.rounds, prepare);
    measured.push({ steps, costs, bytes: Deno.statSync(journal).size });
    const target = command.targets[steps];
    const name = `${command.name}, ${steps.toLocaleString("en")} steps`;
    rows.push({ name, unit: "ms", samples: costs.map(({ ms }) => ms), ...(target === undefined ? {} : { target }) });
  }
  const [small, middle, large] = measured.slice(-3);
  if (small === undefined || middle === undefined || large === undefined) return rows;
  const samples = large.costs.map(({ ms }, round) => {
    const middleMs = middle.costs[round]?.ms ?? NaN;
    const above = Math.max(LEAST_MS, ms - middleMs) / (large.steps - middle.steps);
    return above / (Math.max(LEAST_MS, middleMs - (small.costs[round]?.ms ?? NaN)) / (middle.steps - small.steps));
  });
  const name = `${command.name}, cost of a step in the largest against the one before`;
  return [
    ...rows,
    { name, unit: "×", samples, target: GROWTH_TARGET },
    ...sizeRow(command, large),
    memoryRow(command, large),
  ];
}

function sizeRow(
  { name, sizeTarget }: MeasuredCommand,
  { steps, costs, bytes }: { readonly steps: number; readonly costs: readonly CommandCost[]; readonly bytes: number },
): readonly BenchRow[] {
  if (sizeTarget === undefined) return [];
  const samples = costs.map(({ ms }) => ms / (bytes / 1e8));
  return [{
    name: `${name}, ${steps.toLocaleString("en")} steps, for 100 MB`,
    unit: "ms",
    samples,
    target: sizeTarget,
  }];
}

function memoryRow(
  { name: command, memoryTarget }: MeasuredCommand,
  { steps, costs }: { readonly steps: number; readonly costs: readonly CommandCost[] },
): BenchRow {
  const name = `${command}, ${steps.toLocaleString("en")} steps, peak memory`;
  const samples = costs.flatMap(({ megabytes }) => megabytes === undefined ? [] : [megabytes]);
  if (samples.length === 0) return { name, unavailable: "only Linux tells" };
  return { name, unit: "MB", samples, ...(memoryTarget === undefined ? {} : { target: memoryTarget }) };
}
