import type { BenchSettings } from "./benchmark.ts";
import { timeRawAppends } from "./raw_appends.ts";
import { summarizeSamples } from "./summarize_samples.ts";

/** What the comparison came to. */
export interface RawComparison {
  /** For each round how many times as many steps a second were done as the raw loop did appends. */
  readonly samples: readonly number[];
  /** Both in absolute terms, which mean something on this disk in this minute alone. */
  readonly note: string;
}

/**
 * Compares something that runs steps with the raw loop of as many appends and bytes on the same disk. The two take turns,
 * because a disk may be twice as fast a minute later.
 *
 * @param settings How often, and where.
 * @param steps How many steps are run in one round.
 * @param run Runs them, and keeps its journals in the folder that it is given. What keeps them elsewhere returns how many bytes
 * they have.
 */
export async function compareWithRaw(
  settings: BenchSettings,
  steps: number,
  run: (folder: string) => Promise<unknown>,
): Promise<RawComparison> {
  const raw: number[] = [];
  const own: number[] = [];
  // Not counted: it tells how much there is to write, and both are compiled when it is over.
  const { bytes } = await timeRun(settings.folder, run);
  const path = `${settings.folder}/raw`;
  timeRawAppends(path, { appends: steps, bytes });
  for (let round = 0; round < settings.rounds; round += 1) {
    raw.push(timeRawAppends(path, { appends: steps, bytes }));
    own.push((await timeRun(settings.folder, run)).ms);
  }
  return {
    samples: own.map((ms, round) => (raw[round] ?? NaN) / ms),
    note: `raw ${describe(raw, steps)}, ours ${describe(own, steps)}, ${Math.round(bytes / steps)} bytes`,
  };
}

async function timeRun(
  folder: string,
  run: (folder: string) => Promise<unknown>,
): Promise<{ readonly ms: number; readonly bytes: number }> {
  const own = Deno.makeTempDirSync({ dir: folder });
  const begin = performance.now();
  const written = await run(own);
  const ms = performance.now() - begin;
  let bytes = typeof written === "number" ? written : 0;
  for (const { name } of Deno.readDirSync(own)) bytes += Deno.statSync(`${own}/${name}`).size;
  Deno.removeSync(own, { recursive: true });
  return { ms, bytes };
}

function describe(times: readonly number[], steps: number): string {
  return `${(summarizeSamples(times).median / steps * 1000).toFixed(1)} µs`;
}
