import { openPostgresStore } from "../../../lib/storage/postgres/open_postgres_store.ts";
import { nameIn } from "../../../lib/storage/locator.ts";
import { postgresTests } from "../../support/postgres_test.ts";
import { query } from "../../support/query_postgres.ts";
import { CONFORMANCE } from "../conformance.ts";

const postgresTest = postgresTests();

for (const { name, run } of CONFORMANCE) {
  postgresTest(`SqlStore with PostgreSQL ${name}`, async ({ locator }) => {
    await using store = await openPostgresStore(locator);
    const nameOf = (journal: string) => `${store.locator}#${journal}`;
    const change = async (statement: string, journal: string) => {
      await query(locator, statement, nameIn(journal));
    };
    // The other process counts the owner up, as every take-over does.
    const takeAway = (journal: string) => change("update transactions set epoch = epoch + 1 where name = $1", journal);
    const damage = (journal: string) =>
      change(
        `update records set data = replace(data, '"events"', '"evants"') where seq = 1 and tx in
        (select id from transactions where name = $1)`,
        journal,
      );
    await run({ store, folder: store.locator, nameOf, takeAway, damage });
  });
}
