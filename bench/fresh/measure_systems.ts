import type { BenchRow, BenchSettings, Measurement, Target } from "../benchmark.ts";
import { describeFailure } from "./describe_failure.ts";
import { OURS, type System } from "./system.ts";

/** What was measured of a system, in each round; or why it was not. */
export type SystemResult<T> =
  | { readonly name: string; readonly samples: readonly T[] }
  | { readonly name: string; readonly unavailable: string };

/** Measures all systems, or some of them, in turn, as often as the settings say. Each round starts with another system. */
export async function measureSystems<T>(
  { systems, rounds, processes }: Pick<BenchSettings, "systems" | "rounds" | "processes">,
  measure: (system: System) => Promise<T>,
  isMeasured: (system: System) => boolean = () => true,
): Promise<readonly SystemResult<T>[]> {
  const { ready, missing } = await systems();
  const measured = ready.filter(isMeasured).map((system) => ({ system, samples: Array<T>() }));
  const failures = new Map<string, string>();
  for (let round = 0; round < rounds; round += 1) {
    const first = round % measured.length;
    for (const { system, samples } of [...measured.slice(first), ...measured.slice(0, first)]) {
      if (failures.has(system.name)) continue;
      try {
        samples.push(await measure(system));
      } catch (error) {
        if (!system.isPeer || processes.isOver) throw error;
        failures.set(system.name, describeFailure(error));
      }
    }
  }
  const results = measured.map(({ system: { name }, samples }) => {
    const unavailable = failures.get(name);
    return unavailable === undefined ? { name, samples } : { name, unavailable };
  });
  return [...results, ...missing];
}

/** What a row shows of the samples. */
export interface RowOptions<T> {
  /** What is measured, without the name of the system. */
  readonly title: string;
  readonly unit: Measurement["unit"];
  /** The number; nothing where that cannot be asked. */
  readonly pick: (sample: T) => number | undefined;
  /** What this library shall reach, by the name under which it is in the table. */
  readonly targets?: Readonly<Record<string, Target>>;
}

/** One row per system. */
export function toRows<T>(
  results: readonly SystemResult<T>[],
  { title, unit, pick, targets = {} }: RowOptions<T>,
): readonly BenchRow[] {
  return results.map((result) => {
    const name = `${title}, ${result.name}`;
    if ("unavailable" in result) return { name, unavailable: result.unavailable };
    const samples = result.samples.map(pick).filter((sample) => sample !== undefined);
    if (samples.length === 0) return { name, unavailable: "only Linux tells" };
    const target = targets[result.name];
    return { name, unit, samples, ...(target === undefined ? {} : { target }) };
  });
}

/** What is compared, and what shall be reached. */
interface RatioOptions<T> extends Pick<RowOptions<T>, "title" | "pick"> {
  /** The name of this library in the table. */
  readonly own?: string;
  readonly target?: Target;
}

/** A row with this library's number divided by that of another system, round by round; none if there is no such system. */
export function toRatioRow<T>(
  results: readonly SystemResult<T>[],
  other: string,
  { title, pick, target, own = OURS }: RatioOptions<T>,
): readonly BenchRow[] {
  const numbersOf = (wanted: string) => {
    const found = results.find(({ name }) => name === wanted);
    return found !== undefined && "samples" in found ? found.samples.map(pick) : [];
  };
  const others = numbersOf(other);
  const samples = numbersOf(own).map((mine, round) => (mine ?? NaN) / (others[round] ?? NaN)).filter(Number.isFinite);
  if (samples.length === 0) return [];
  const name = `${title}, ${own} against ${other.replace(/ on .*/, "")}`;
  return [{ name, unit: "×", samples, ...(target === undefined ? {} : { target }) }];
}
