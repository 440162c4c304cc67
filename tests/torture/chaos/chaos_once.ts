import type { StepContext } from "@x/resumable-tx";
import type pg from "pg";

/** A row for each step that had its effect. Of a database step, it must be committed with the record of its end. */
export const ONCE_TABLE = "create table if not exists once_effects (tx text, step text, with_record boolean)";

interface Step {
  readonly transactionId: string;
  readonly stepId: string;
}

/** Adds a row to a database of its own, or to other tables of the same one. */
export async function leaveOnce(database: string, { transactionId, stepId }: Step): Promise<void> {
  if (database.startsWith("sqlite:")) return await leaveInFile(oncePath(database), transactionId, stepId);
  // A process loads the modules of one database, since many are started.
  const [{ default: { Pool } }, { once }] = [await import("pg"), await import("@x/resumable-tx/postgres")];
  const url = new URL(database);
  url.search = "";
  const limits = { max: 1, connectionTimeoutMillis: 3000, query_timeout: 4000 };
  const pool = new Pool({ connectionString: url.href, ...limits });
  // What is lost while nobody uses it.
  pool.on("error", () => {});
  try {
    await once(pool, async (tx: pg.PoolClient) => {
      await tx.query("insert into once_effects (tx, step) values ($1, $2)", [transactionId, stepId]);
    });
  } finally {
    void pool.end().catch(() => {});
  }
}

/** Adds such a row in the transaction in which the step's end is recorded. */
export async function leaveWithRecord(
  { transactionId, stepId, database }: Step & Pick<StepContext, "database">,
): Promise<void> {
  const text = "insert into public.once_effects (tx, step, with_record) values ($1, $2, true)";
  await database().query(text, [transactionId, stepId]);
}

async function leaveInFile(path: string, tx: string, step: string): Promise<void> {
  const [{ DatabaseSync }, { once }] = [await import("node:sqlite"), await import("@x/resumable-tx/sqlite")];
  using database = new DatabaseSync(path, { timeout: 1000 });
  await once(database, (open) => {
    open.exec(ONCE_TABLE);
    open.prepare("insert into once_effects (tx, step) values (?, ?)").run(tx, step);
  });
}

/** The file beside a database in which steps have their effects. */
export function oncePath(database: string): string {
  return `${database.replace(/^sqlite:/, "")}.once`;
}

export const READ_ONCE = "select tx, step from once_effects";
