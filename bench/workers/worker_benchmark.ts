import { type StoreConnection, Transaction } from "@x/resumable-tx";
import { openStore as openPostgres } from "@x/resumable-tx/postgres";
import { openStore as openSqlite } from "@x/resumable-tx/sqlite";
import { startPostgres } from "../../tests/support/postgres_server.ts";
import type { Benchmark, BenchRow, BenchSettings } from "../benchmark.ts";
import { describeFailure } from "../fresh/describe_failure.ts";
import { summarizeSamples } from "../summarize_samples.ts";
import { runTrivialTransaction } from "../trivial_transaction.ts";
import { enqueueStart, enqueueSteps, enqueueWait, type JournalPlace, runStart } from "./worker_steps.ts";
import { WorkerProcess } from "./worker_process.ts";

const MIB = 1024 * 1024;

/** Where the work is, and what is to be reached there. */
interface Place {
  readonly name: string;
  readonly scope: string;
  /** The time from the end of an enqueue to the first step, in milliseconds. */
  readonly startMs: number;
  /** Opens the database; nothing for a folder. */
  readonly open?: () => Promise<StoreConnection>;
}

/** What a user waits for, and what a worker costs that has nothing to do. */
export const workers: Benchmark = {
  name: "workers",
  summary: "start of an enqueued transaction, cost of an idle worker, 10,000 transactions drained, memory of 1,000",
  isLong: true,
  run: async (settings) => {
    const folder = `${settings.folder}/journals`;
    Deno.mkdirSync(folder, { recursive: true });
    const sqlite = `sqlite:${settings.folder}/tx.db`;
    await (await openSqlite(sqlite))[Symbol.asyncDispose]();
    return [
      ...await measurePlace(settings, { name: "folder", scope: folder, startMs: 300 }),
      ...await measurePlace(settings, {
        name: "SQLite",
        scope: sqlite,
        startMs: 20,
        open: () => openSqlite(sqlite),
      }),
      ...await measureServer(settings),
    ];
  },
};

async function measureServer(settings: BenchSettings): Promise<readonly BenchRow[]> {
  // The server may run as another user, who must be able to reach its data.
  Deno.chmodSync(settings.folder, 0o711);
  const data = Deno.makeTempDirSync({ dir: settings.folder });
  try {
    await using server = await startPostgres(data, (command, options) => settings.processes.spawn(command, options));
    const scope = `${server.url}?schema=bench`;
    await (await openPostgres(scope))[Symbol.asyncDispose]();
    return [
      ...await measurePlace(settings, {
        name: "PostgreSQL",
        scope,
        startMs: 10,
        open: () => openPostgres(scope),
      }),
      await measureDrain(settings, scope),
      await measureMemory(settings, scope),
    ];
  } catch (error) {
    if (settings.processes.isOver) throw error;
    return [{ name: "workers, PostgreSQL", unavailable: describeFailure(error) }];
  } finally {
    Deno.removeSync(data, { recursive: true });
  }
}

async function measurePlace(settings: BenchSettings, place: Place): Promise<readonly BenchRow[]> {
  const { scope, open } = place;
  const worker = new WorkerProcess(settings.processes, scope, ["--processes=1"]);
  const store = await open?.();
  const at = (name: string) => store === undefined ? { journal: `${scope}/${name}.json` } : { journal: name, store };
  try {
    // The first one waits for the start of the process, and loads the module.
    await (await enqueueStart(at("first"))).wait();
    return [await measureStarts(settings, place, at), await measureIdle(settings, place, worker)];
  } finally {
    await store?.[Symbol.asyncDispose]();
    await worker.stop();
  }
}

async function measureIdle(settings: BenchSettings, { name }: Place, worker: WorkerProcess): Promise<BenchRow> {
  const [restSeconds, seconds] = settings.isQuick ? [0, 0.2] : [10, 20];
  // What was begun before ends.
  await wait(restSeconds);
  const cpuBefore = worker.cpuSeconds();
  await wait(seconds);
  const cpu = (worker.cpuSeconds() - cpuBefore) / seconds;
  return {
    name: `idle worker, ${name}, a second`,
    unit: "ms",
    samples: [cpu * 1000],
    target: { atMost: 5 },
  };
}

function wait(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

async function measureStarts(
  settings: BenchSettings,
  { name, startMs }: Place,
  at: (name: string) => JournalPlace,
): Promise<BenchRow> {
  const starts = settings.isQuick ? 1 : 6;
  const own: number[] = [];
  const starting: number[] = [];
  const now = () => performance.timeOrigin + performance.now();
  for (let round = 0; round < settings.rounds * starts; round += 1) {
    const begin = now();
    own.push(await runStart(at(`own-${round}`)) - begin);
    const { wait } = await enqueueStart(at(`start-${round}`));
    const end = now();
    starting.push(await wait() - end);
  }
  // What any run needs until its first step is called.
  const ownMs = summarizeSamples(own).median;
  return {
    name: `enqueue to start, ${name}`,
    unit: "ms",
    samples: starting.map((ms) => ms - ownMs),
    target: { atMost: startMs },
    note: `beyond ${ownMs.toFixed(1)} ms, which a run in the program itself needs until its first step`,
  };
}

/** Of the same run: the worker's steps a second, divided by those of a program that runs 200 transactions of 10 steps at once. */
async function measureDrain(settings: BenchSettings, scope: string): Promise<BenchRow> {
  const [transactions, steps] = settings.isQuick ? [20, 5] : [10_000, 5];
  await using store = await openPostgres(scope);
  const begin = performance.now();
  const names = Array.from({ length: 200 }, (_, index) => `at-once-${index}`);
  await Promise.all(names.map((journal) => runTrivialTransaction(10, { store, journal, keep: true })));
  const atOnce = names.length * 10 / (performance.now() - begin);
  for (let first = 0; first < transactions; first += 500) {
    const some = Array.from({ length: Math.min(500, transactions - first) }, (_, index) => `drain-${first + index}`);
    await Promise.all(some.map((journal) => enqueueSteps({ journal, store }, steps)));
  }
  const start = performance.now();
  await new WorkerProcess(settings.processes, scope, ["--processes=1", "--drain"]).ended;
  const seconds = (performance.now() - start) / 1000;
  return {
    name: `${transactions.toLocaleString("en")} transactions of ${steps} steps drained by one worker, PostgreSQL`,
    unit: "×",
    samples: [transactions * steps / seconds / 1000 / atOnce],
    target: { atLeast: 0.6 },
    note: `${Math.round(transactions * steps / seconds)} steps a second, ${
      Math.round(atOnce * 1000)
    } at once in a program`,
  };
}

async function measureMemory(settings: BenchSettings, scope: string): Promise<BenchRow> {
  const transactions = settings.isQuick ? 20 : 1000;
  const go = `${settings.folder}/go/file`;
  Deno.mkdirSync(`${settings.folder}/go`, { recursive: true });
  const waiting = await Promise.all(
    Array.from({ length: transactions }, (_, index) => enqueueWait({ journal: `${scope}#beside-${index}` }, go)),
  );
  const worker = new WorkerProcess(settings.processes, scope, ["--processes=1", `--concurrency=${transactions}`]);
  try {
    await Promise.all(waiting.map(({ journal, id }) => hasStarted(journal.replace(/#.*$/s, `#${id}`))));
    const peak = worker.peakBytes();
    Deno.writeTextFileSync(go, "");
    await Promise.all(waiting.map(({ wait }) => wait()));
    const name = `${transactions.toLocaleString("en")} transactions side by side in one worker, memory`;
    return { name, unit: "MB", samples: [peak / 1e6], target: { atMost: 400 * MIB / 1e6 } };
  } finally {
    await worker.stop();
  }
}

async function hasStarted(journal: string): Promise<void> {
  while ((await Transaction.inspect(journal)).status !== "started") {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
