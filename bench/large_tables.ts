import { DatabaseSync } from "node:sqlite";
import type { SqlDatabase } from "../lib/storage/sql/database.ts";
import { LEASE_TIMES } from "../lib/storage/sql/sql_worker.ts";
import { SqlStore } from "../lib/storage/sql/sql_store.ts";
import type { NewTransaction } from "../lib/storage/sql/table_rows.ts";
import { openPostgres } from "../lib/storage/postgres/postgres_database.ts";
import { parsePostgresLocator } from "../lib/storage/postgres/postgres_locator.ts";
import { openSqlite } from "../lib/storage/sqlite/sqlite_database.ts";
import { newId } from "../lib/storage/locator.ts";
import { startPostgres } from "../tests/support/postgres_server.ts";
import { query } from "../tests/support/query_postgres.ts";
import type { Benchmark, BenchRow, BenchSettings } from "./benchmark.ts";
import { describeFailure } from "./fresh/describe_failure.ts";

const PAGE = 100;
const TIMES = 100;
/** What a small database has: a page of a list, and nothing else. */
const SMALL = { finished: PAGE, sleeping: PAGE };

interface Counts {
  readonly finished: number;
  readonly sleeping: number;
}

interface Subject extends AsyncDisposable {
  readonly database: SqlDatabase;
  readonly fill: (counts: Counts) => Promise<void>;
}

/** What a worker and a person do often, in tables in which very many transactions have ended or sleep. */
export const largeTables: Benchmark = {
  name: "large-tables",
  summary: "a claim, an enqueue and the first page of a list among 1,100,000 transactions, against 200 of them",
  isLong: true,
  run: async (settings) => [...await measure("SQLite", settings, openInSqlite), ...await measureServer(settings)],
};

async function measureServer(settings: BenchSettings): Promise<readonly BenchRow[]> {
  // The server may run as another user, who must be able to reach its data.
  Deno.chmodSync(settings.folder, 0o711);
  const data = Deno.makeTempDirSync({ dir: settings.folder });
  try {
    await using server = await startPostgres(data, (command, options) => settings.processes.spawn(command, options));
    return await measure("PostgreSQL", settings, (name) => openInPostgres(`${server.url}?schema=${name}`));
  } catch (error) {
    if (settings.processes.isOver) throw error;
    return [{ name: "large tables, PostgreSQL", unavailable: describeFailure(error) }];
  } finally {
    Deno.removeSync(data, { recursive: true });
  }
}

async function measure(
  kind: string,
  settings: BenchSettings,
  open: (name: string, folder: string) => Promise<Subject>,
): Promise<readonly BenchRow[]> {
  const large = settings.isQuick ? { finished: 2000, sleeping: 200 } : { finished: 1_000_000, sleeping: 100_000 };
  await using one = await open("small", settings.folder);
  await using other = await open("large", settings.folder);
  const [small, big] = [await prepare(one, SMALL), await prepare(other, large)];
  const samples = { claim: [] as number[], enqueue: [] as number[], "first page": [] as number[] };
  const notes = new Map<string, string>();
  for (let round = 0; round < settings.rounds; round += 1) {
    for (const work of ["enqueue", "claim", "first page"] as const) {
      const [few, many] = [await small[work](), await big[work]()];
      samples[work].push(many / few);
      notes.set(work, `${few.toFixed(2)} and ${many.toFixed(2)} ms`);
    }
  }
  return Object.entries(samples).map(([work, samples]) => ({
    name: `${work} among ${(large.finished + large.sleeping).toLocaleString("en")} transactions, ${kind}`,
    unit: "×",
    samples,
    target: { atMost: 2 },
    note: notes.get(work) ?? "",
  }));
}

/** Fills the tables. Returns what is measured, each the median in milliseconds. */
async function prepare({ database, fill }: Subject, counts: Counts) {
  const worker = newId();
  await database.addWorker({ id: worker, leaseMs: 86_400_000, host: undefined, pid: 1, library: "0.1.0" });
  await fill(counts);
  let batch = 0;
  const store = new SqlStore(database, { maxInFlight: 1, times: LEASE_TIMES });
  return {
    enqueue: () => median(async () => void await database.create([newTransaction()], { worker, batch: batch += 1 })),
    claim: () => median(async () => void await database.claim(worker, { queues: ["default"], limit: 1 })),
    "first page": () =>
      median(async () => {
        let left = PAGE;
        for await (const _ of store.search(store.locator, { statuses: new Set(["waiting"]) })) if (--left === 0) break;
      }),
  };
}

function newTransaction(): NewTransaction {
  const id = newId();
  const row = { name: `new ${id}`, owner: undefined, queue: "default", priority: 0, dueAt: undefined };
  return { ...row, id, library: "0.1.0", home: "file:///srv/a.ts", record: { data: "{}", sum: "s" } };
}

async function median(work: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < TIMES; count += 1) {
    const begin = performance.now();
    await work();
    times.push(performance.now() - begin);
  }
  return times.sort((a, b) => a - b)[TIMES / 2] ?? NaN;
}

const LISTING = (status: string) =>
  `{"status":"${status}","home":"file:///srv/programs/welcome.ts","openedAt":"2026-11-22T12:00:00.000Z",` +
  `"progress":{"done":2,"all":4},"next":[],"lastAt":"2026-11-22T12:00:00.000Z"}`;
const RECORD = `{"events":"${"x".repeat(300)}"}`;
/** The number of a row, as both databases count: finished ones, then those that sleep. */
const columns = (n: string, hex: string, time: (ms: string) => string) => `
  '00000000-0000-7000-8000-' || ${hex}, 'name ' || ${n}, case when ${n} <= FINISHED then 5 else 2 end, 'default', 0,
  ${time("2000000000000")}, null, 1, 0, 0, 1, '0.1.0', 'file:///srv/a.ts', ${
  time(`1700000000000 + ${n}`)
}, 4, 2, 'step',
  case when ${n} <= FINISHED then 6 else 0 end, 1700000000000 + ${n},
  case when ${n} <= FINISHED then '${LISTING("finished")}' else '${LISTING("waiting")}' end`;
const INTO =
  `insert into transactions (id, name, status, queue, priority, due_at, owner, epoch, listens, requests, format,
  library, home, created_at, steps, finished, at_step, listed, last_at, listing)`;

async function openInSqlite(name: string, folder: string): Promise<Subject> {
  const path = `${folder}/${name}.db`;
  const database = await openSqlite(path, `sqlite:${path}`);
  const fill = ({ finished, sleeping }: Counts) => {
    using tables = new DatabaseSync(path);
    const rows = columns("n", "printf('%012x', n)", (ms) => `(${ms})`);
    const numbers = `with recursive k (n) as (select 1 union all select n + 1 from k where n < ${finished + sleeping})`;
    tables.exec(`pragma synchronous = off; begin`);
    tables.exec(`${INTO} ${numbers} select ${rows} from k`.replaceAll("FINISHED", `${finished}`));
    tables.exec(`insert into records select id, 0, 1, '${RECORD}', 's' from transactions`);
    tables.exec("commit");
    return Promise.resolve();
  };
  return { database, fill, [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() };
}

async function openInPostgres(locator: string): Promise<Subject> {
  const database = await openPostgres(parsePostgresLocator(locator));
  const fill = async ({ finished, sleeping }: Counts) => {
    const rows = columns("n", "lpad(to_hex(n), 12, '0')", (ms) => `to_timestamp((${ms}) / 1000.0)`)
      .replace(
        "'00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0')",
        "('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid",
      )
      .replaceAll("FINISHED", `${finished}`).replace("FALSE", "false").replace("null, 1,", "null::uuid, 1,");
    await query(locator, `${INTO} select ${rows} from generate_series(1, ${finished + sleeping}) n`);
    await query(locator, `insert into records select id, 0, 1, '${RECORD}', 's' from transactions`);
    // What the server would do by itself after a minute.
    await query(locator, "analyze transactions");
    await query(locator, "analyze records");
  };
  return { database, fill, [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() };
}
