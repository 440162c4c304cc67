import type { DatabaseSync } from "node:sqlite";
import type { Change, Commit } from "./history.ts";

type TableName = Change["table"];

/** The columns that a fact has, in the order of `toRow`. */
const COLUMNS: Readonly<Record<TableName, readonly string[]>> = {
  transactions: ["id", "status", "queue", "priority", "due_at", "owner", "epoch", "listens", "requests", "claims"],
  workers: ["id", "lease_until", "dead"],
  records: ["tx", "seq", "epoch", "data", "sum"],
  inbox: ["id", "tx"],
  queues: ["name", "max_running", "paused"],
};

/** What is known of a commit before it is made. */
export type CommitHead = Omit<Commit, "changes">;

/** Writes down, by triggers, every change of the tables, with the commit that it belongs to. What is rolled back is not in it. */
export class CommitLog {
  readonly #database: DatabaseSync;
  #heads: CommitHead[] = [];

  constructor(database: DatabaseSync) {
    this.#database = database;
    database.exec("create table change_log (head integer, kind text, old text, new text)");
    database.function("newest_head", () => this.#heads.length - 1);
    for (const [table, columns] of Object.entries(COLUMNS)) {
      const old = `json_array(${columns.map((column) => `old.${column}`)})`;
      const row = `json_array(${columns.map((column) => `new.${column}`)})`;
      const log = (event: string, values: string) =>
        database.exec(`create trigger log_${event}_${table} after ${event} on ${table} begin
          insert into change_log values (newest_head(), '${table}', ${values}); end`);
      log("insert", `null, ${row}`);
      log("update", `${old}, ${row}`);
      log("delete", `${old}, null`);
    }
  }

  /** What is changed from now on belongs to this commit. */
  begin(head: CommitHead): void {
    this.#heads.push(head);
  }

  /** Forgets everything. */
  clear(): void {
    this.#heads = [];
    this.#database.exec("delete from change_log");
  }

  /** All commits that have changed something. */
  read(): readonly Commit[] {
    const rows = this.#database.prepare("select head, kind, old, new from change_log order by rowid").all();
    const byHead = Map.groupBy(rows, ({ head }) => Number(head));
    return [...byHead].flatMap(([index, changes]) => {
      const head = this.#heads[index];
      return head === undefined ? [] : [{ ...head, changes: changes.map(toChange) }];
    });
  }
}

function toChange({ kind, old, new: row }: Record<string, unknown>): Change {
  const table = String(kind) as TableName;
  // The facts have the members of their tables.
  return {
    table,
    ...(old === null ? {} : { old: toRow(table, JSON.parse(String(old))) }),
    ...(row === null ? {} : { row: toRow(table, JSON.parse(String(row))) }),
  } as Change;
}

function toRow(table: TableName, values: readonly unknown[]): Change["row"] {
  const [text, number] = [(at: number) => String(values[at]), (at: number) => Number(values[at])];
  const optional = <T>(at: number, convert: (at: number) => T) => values[at] === null ? undefined : convert(at);
  switch (table) {
    case "transactions":
      return {
        id: text(0),
        status: number(1),
        queue: text(2),
        priority: number(3),
        dueAt: number(4),
        owner: optional(5, text),
        epoch: number(6),
        listens: number(7) % 2 === 1,
        turn: number(7),
        requests: number(8),
        claims: number(9),
      };
    case "workers":
      return { id: text(0), leaseUntil: number(1), isDead: values[2] === 1 };
    case "records":
      return { tx: text(0), seq: number(1), epoch: number(2), data: text(3), sum: text(4) };
    case "inbox":
      return { id: text(0), tx: text(1) };
    case "queues":
      return { name: text(0), maxRunning: optional(1, number), isPaused: values[2] === 1 };
    default:
      return table satisfies never;
  }
}

/** The tables as the commits have left them. */
export function foldCommits(commits: readonly Commit[]): { readonly [Table in TableName]: readonly RowOf<Table>[] } {
  const tables: Record<TableName, Map<string, unknown>> = {
    transactions: new Map(),
    workers: new Map(),
    records: new Map(),
    inbox: new Map(),
    queues: new Map(),
  };
  for (const { table, old, row } of commits.flatMap(({ changes }) => changes)) {
    if (old !== undefined) tables[table].delete(keyOf(old));
    if (row !== undefined) tables[table].set(keyOf(row), row);
  }
  const list = <Table extends TableName>(table: Table) => [...tables[table].values()] as RowOf<Table>[];
  return {
    transactions: list("transactions"),
    workers: list("workers"),
    records: list("records"),
    inbox: list("inbox"),
    queues: list("queues"),
  };
}

type RowOf<Table extends TableName> = NonNullable<Extract<Change, { readonly table: Table }>["row"]>;

function keyOf(row: NonNullable<Change["row"]>): string {
  if ("seq" in row) return `${row.tx} ${row.seq}`;
  return "name" in row ? row.name : row.id;
}
