import type { Event } from "../../../lib/journal/event.ts";
import type { Planner } from "../../../lib/plan/planner.ts";
import { openPostgresStore } from "../../../lib/storage/postgres/open_postgres_store.ts";
import type { PostgresTest } from "../../support/postgres_test.ts";
import { credit, debit, hooks, undoDebit } from "../../support/programs/bank_steps.ts";
import { query } from "../../support/query_postgres.ts";
import { readEvents } from "../conforming_store.ts";

export const IN_DATABASE = { database: true };

/** Accounts with 100 each, in the schema of the journals. */
export async function openBank({ locator }: Pick<PostgresTest, "locator">): Promise<string> {
  const schema = new URL(locator).searchParams.get("schema") ?? "";
  await query(locator, `create schema if not exists ${schema}`);
  await query(locator, "create table accounts (name text primary key, balance int not null, changes int not null)");
  await query(locator, "alter table accounts add unique (name, balance) deferrable initially deferred");
  await query(locator, "insert into accounts values ('ana', 100, 0), ('ben', 100, 0)");
  hooks.calls = 0;
  hooks.within = undefined;
  return schema;
}

export async function balances(locator: string): Promise<readonly unknown[]> {
  return (await query(locator, "select balance from accounts order by name")).map(({ balance }) => balance);
}

export function transfer(schema: string): (t: Planner) => unknown {
  return (t) => {
    t.do(debit, schema, "ana", 30).with({ ...IN_DATABASE, undo: undoDebit });
    return t.do(credit, schema, "ben", 30).with(IN_DATABASE);
  };
}

/** The events of a journal, record by record, without those of its beginning. */
export async function typesOf(locator: string, name: string): Promise<readonly string[]> {
  await using store = await openPostgresStore(locator);
  const records = await readEvents(store, store.journalOf(name));
  const show = (event: Event) => "step" in event ? `${event.type} ${event.step}` : event.type;
  return records.map((events) => events.map(show).join(", ")).slice(1);
}
