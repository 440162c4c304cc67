import { DatabaseSync } from "node:sqlite";
import type { Event } from "../../../lib/journal/event.ts";
import { FileStore } from "../../../lib/storage/file/file_store.ts";
import { openPostgresStore } from "../../../lib/storage/postgres/open_postgres_store.ts";
import { openSqliteStore } from "../../../lib/storage/sqlite/open_sqlite_store.ts";
import type { SqlStore } from "../../../lib/storage/sql/sql_store.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { query } from "../../support/query_postgres.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { postgresTests } from "../../support/postgres_test.ts";
import { planOf } from "../../cli/written_journal.ts";

/** A database for one test, with tables in it, and a folder for files. */
export interface MoveTest {
  readonly store: SqlStore;
  /** As a command takes it. */
  readonly database: string;
  readonly folder: string;
}

const postgresTest = postgresTests();

/** Registers a test for each kind of database. */
export function moveTest(name: string, body: (test: MoveTest) => Promise<void>): void {
  const run = async (open: (folder: string) => Promise<SqlStore>) => {
    await using folder = await makeTempFolder();
    await using store = await open(folder.path);
    await body({ store, database: store.locator, folder: folder.path });
  };
  permittedTest(
    `SQLite: ${name}`,
    ["read", "write", "run", "env", "sys"],
    () => run((folder) => openSqliteStore(`${folder}/tx.db`)),
  );
  postgresTest(`PostgreSQL: ${name}`, ({ locator }) => run(() => openPostgresStore(locator)));
}

const START = { type: "started", step: "1", attempt: 1, run: 1 } as const;

/** A transaction of two steps, the first of which has finished; the second has failed. Its id is a UUID. */
export function abortedRecords(id: string = crypto.randomUUID()): readonly (readonly Event[])[] {
  const plan = planOf("file:///srv/welcome.ts", [{ export: "make" }, { export: "mail", name: "mail" }]);
  const error = { name: "Error", message: "no route to \u202ehost" };
  return [
    plan.map((event) => event.type === "opened" ? { ...event, id, options: { keep: true } } : event),
    [START],
    [{ type: "finished", step: "1", attempt: 1, ms: 1, value: "ä\u0007\n" }, {
      ...START,
      step: "2",
    }],
    [{ type: "failed", step: "2", attempt: 1, ms: 1, error }, { type: "aborted", step: "2" }],
  ];
}

/** What becomes of it when the second step is run again, with an end. */
export const REST: readonly (readonly Event[])[] = [
  [{ type: "resumed", run: 2, library: "0.1.0" }, { ...START, step: "2", attempt: 2, run: 2 }],
  [{ type: "finished", step: "2", attempt: 2, ms: 1 }, { type: "ended" }],
];

/** Appends records to a file, as a run does. */
export async function appendRecords(path: string, records: readonly (readonly Event[])[]): Promise<void> {
  const open = await new FileStore().open(path, () => {});
  await open.recover();
  for (const events of records) await open.append(events);
  await open.close();
}

/** Whether something may be run: a file, or a transaction of a database. */
export async function isRunnable(journal: string, store: SqlStore | FileStore = new FileStore()): Promise<boolean> {
  try {
    const open = await store.open(journal, () => {});
    await open.close();
    return true;
  } catch {
    return false;
  }
}

const COLUMNS = "name, status, owner, steps, finished, at_step, error, exported_to, home, library";

/** The row of a transaction, with times in milliseconds. */
export function columnsOf(database: string, name: string): Promise<Readonly<Record<string, unknown>>> {
  return readRow(database, name, COLUMNS, ["created_at", "ended_at"]);
}

/** Where a transaction stands in its queue. */
export function placeOf(database: string, name: string): Promise<Readonly<Record<string, unknown>>> {
  return readRow(database, name, "queue, priority, status", ["due_at"]);
}

/** How many owners a transaction has had, with those that it has lost by a move. */
export async function epochOf(database: string, name: string): Promise<number> {
  return Number((await readRow(database, name, "epoch", []))["epoch"]);
}

async function readRow(
  database: string,
  name: string,
  columns: string,
  times: readonly string[],
): Promise<Readonly<Record<string, unknown>>> {
  const select = (all: readonly string[]) => `select ${[columns, ...all].join(", ")} from transactions where name = `;
  if (database.startsWith("sqlite:")) {
    using file = new DatabaseSync(database.slice("sqlite:".length), { readOnly: true });
    return { ...file.prepare(`${select(times)} ?`).get(name) };
  }
  const ms = times.map((column) => `(extract(epoch from ${column}) * 1000)::float8 as ${column}`);
  const [row] = await query(database, `${select(ms)} $1`, name);
  return { ...row };
}
