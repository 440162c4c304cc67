import { openPostgresStore } from "../../../lib/storage/postgres/open_postgres_store.ts";
import { postgresTests } from "../../support/postgres_test.ts";
import { DUE_CASES } from "../due_conformance.ts";

const postgresTest = postgresTests();

for (const { name, run } of DUE_CASES) {
  postgresTest(`SqlStore with PostgreSQL, what is due: ${name}`, async ({ locator }) => {
    await using store = await openPostgresStore(locator);
    const nameOf = (name: string) => store.journalOf(name);
    await run({ store, scope: store.locator, nameOf, openOther: () => openPostgresStore(locator), hasQueues: true });
  });
}
