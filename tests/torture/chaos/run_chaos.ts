import { SeededRandom } from "../../support/seeded_random.ts";
import { makeTempFolder, type TempFolder } from "../../support/temp_folder.ts";
import { ChaosCounts } from "./chaos_counts.ts";
import { ChaosCrew } from "./chaos_crew.ts";
import { wait } from "./chaos_process.ts";
import type { ChaosWorld } from "./chaos_world.ts";
import { checkChaos } from "./check_chaos.ts";
import { PostgresWorld } from "./postgres_world.ts";
import { SqliteWorld } from "./sqlite_world.ts";

export interface ChaosOptions {
  readonly kind: "postgres" | "sqlite";
  readonly seed: number;
  /** Harm is done for so long, and longer if the machine is so busy that little has happened. */
  readonly seconds: number;
  /** How many processes run transactions at the same time. */
  readonly processes: number;
  /**
   * How many transactions run at the same time in each.
   *
   * @default 10
   */
  readonly lanes?: number;
  /** Nothing is done to the processes, only to what they use; where there is a network, it falls silent and does nothing else. */
  readonly sparesProcesses?: boolean;
}

export interface ChaosResult {
  readonly counts: ChaosCounts;
  readonly violations: readonly string[];
}

const HARM_EVERY_MS = 470;
const LEAST_HARMS = 1;
const LOOK_MS = 100;
/** A harm that comes so much less often is left out. */
const MAX_SHARE = 5;
/** A machine that is so busy that nothing happens for so long is left alone. */
const PATIENCE_MS = 60_000;
const MEMORY_FOLDER = "/dev/shm";
/** So long what is left may take when nothing does harm any more. */
const DRAIN_LIMIT_MS = 180_000;

/** Runs transactions in many processes, does harm to them and to what they use, and compares what they did with what is stored. */
export async function runChaos(
  { kind, seed, seconds, processes, lanes = 10, sparesProcesses = false }: ChaosOptions,
): Promise<ChaosResult> {
  await using folder = await makeLogFolder();
  for (const name of ["logs", "effects"]) await Deno.mkdir(`${folder.path}/${name}`);
  await using world: ChaosWorld = kind === "postgres" ? await PostgresWorld.open(processes) : await SqliteWorld.open();
  const counts = new ChaosCounts();
  const chance = new SeededRandom(seed);
  const crew = new ChaosCrew({ world, processes, lanes, folder: folder.path, chance, counts, seed });
  try {
    await doHarm(crew, world, { chance, counts, seconds, sparesProcesses });
    const left = await drain(crew, world);
    const found = checkChaos({ folder: folder.path, tables: await world.readTables(), stops: crew.stops, counts });
    return { counts, violations: [...crew.faults, ...left, ...found] };
  } finally {
    await crew.killAll();
  }
}

/** In memory, where there is such a place: a write that waits for the disk would keep a step away from its effect. */
async function makeLogFolder(): Promise<TempFolder> {
  const isThere = await Deno.stat(MEMORY_FOLDER).then(({ isDirectory }) => isDirectory, () => false);
  return await makeTempFolder(isThere ? MEMORY_FOLDER : undefined);
}

interface HarmOptions {
  readonly chance: SeededRandom;
  readonly counts: ChaosCounts;
  readonly seconds: number;
  readonly sparesProcesses: boolean;
}

async function doHarm(crew: ChaosCrew, world: ChaosWorld, options: HarmOptions): Promise<void> {
  const { chance, counts, seconds, sparesProcesses } = options;
  const harms = sparesProcesses ? world.delays ?? world.harms : world.harms;
  const begin = performance.now();
  const end = begin + seconds * 1000;
  const hasHarmed = () =>
    sparesProcesses || ["SIGKILLs", "SIGSTOPs beyond the lease"].every((what) => counts.of(what) >= LEAST_HARMS);
  const isOver = () => {
    const now = performance.now();
    return now >= end && (hasHarmed() || now >= end + PATIENCE_MS);
  };
  const times = (everyMs: number, harm: () => Promise<void>) => repeat({ everyMs, begin, seconds, isOver }, harm);
  const running: Promise<void>[] = [];
  let isKill = false;
  await Promise.all([
    crew.direct(isOver),
    // In turn, and more often if there was a while without a process that could be harmed.
    times(HARM_EVERY_MS, () => {
      isKill = !isKill;
      if (sparesProcesses) return Promise.resolve();
      return isKill ? crew.kill(isOver) : crew.stop(isOver);
    }),
    ...harms.map(({ everyMs, run }) =>
      times(everyMs, () => {
        running.push(run(chance, counts));
        return Promise.resolve();
      })
    ),
  ]);
  if (!hasHarmed()) crew.faults.push(`little has happened: ${crew.describe()}`);
  await Promise.all([crew.settle(), ...running]);
}

interface Repetition {
  readonly everyMs: number;
  readonly begin: number;
  readonly seconds: number;
  readonly isOver: () => boolean;
}

/** What happens seldom happens also in a short time, unless that is very short. */
async function repeat({ everyMs, begin, seconds, isOver }: Repetition, harm: () => Promise<void>): Promise<void> {
  if (everyMs > MAX_SHARE * seconds * 1000) return;
  for (let next = begin + Math.min(everyMs / 2, seconds * 500);; next += everyMs) {
    while (performance.now() < next && !isOver()) await wait(Math.max(0, Math.min(LOOK_MS, next - performance.now())));
    if (isOver()) return;
    await harm();
  }
}

/** Nothing does harm any more: everything ends at last. Returns what does not. */
async function drain(crew: ChaosCrew, world: ChaosWorld): Promise<readonly string[]> {
  await world.heal();
  await crew.calm();
  const end = performance.now() + DRAIN_LIMIT_MS;
  await crew.direct(() => crew.isDone || performance.now() >= end);
  const left = crew.isDone ? [] : [`${crew.open} transactions do not end`];
  await crew.finish();
  return left;
}
