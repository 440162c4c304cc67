/**
 * Runs the transaction `a` in a database: `owner_program.ts LOCATOR LEASE_MS`. Its second step waits for a line on standard
 * input. Prints what its steps do, and how it ends.
 *
 * @module
 */
import { Transaction } from "@x/resumable-tx";
import { Fenced } from "../../../lib/errors/storage_errors.ts";
import { useStore } from "../../../lib/storage/locator.ts";
import { openPostgresStore } from "../../../lib/storage/postgres/open_postgres_store.ts";
import { openSqliteStore } from "../../../lib/storage/sqlite/open_sqlite_store.ts";

export function say(word: string): void {
  console.log(`says ${word}`);
}

export async function waitForLine(): Promise<void> {
  console.log("waits");
  await Deno.stdin.read(new Uint8Array(100));
}

async function run(locator: string, leaseMs: number): Promise<void> {
  const times = { leaseMs, beatMs: leaseMs / 10, marginMs: leaseMs / 10 };
  const open = locator.startsWith("sqlite:") ? openSqliteStore : openPostgresStore;
  const { store, release } = await useStore(locator, (database) => open(database, { times }));
  try {
    await Transaction.run(import.meta, (t) => {
      t.do(say, "first");
      t.do(waitForLine).with({ interrupted: "retry" });
      t.do(say, "last");
    }, { store, journal: "a", keep: true });
  } catch (error) {
    if (!(error instanceof Fenced)) throw error;
    console.log(`lost ${JSON.stringify(error.owner)}`);
  } finally {
    await release();
  }
}

if (import.meta.main) {
  const [locator = "", leaseMs = "30000"] = Deno.args;
  await run(locator, Number(leaseMs));
}
