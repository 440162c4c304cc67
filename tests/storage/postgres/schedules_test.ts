import { openPostgresStore } from "../../../lib/storage/postgres/open_postgres_store.ts";
import { postgresTests } from "../../support/postgres_test.ts";
import { SCHEDULE_CASES } from "../conforming_schedules.ts";

const postgresTest = postgresTests();

for (const { name, run } of SCHEDULE_CASES) {
  postgresTest(`schedules in PostgreSQL: ${name}`, async ({ locator }) => {
    await using store = await openPostgresStore(locator);
    await run({ scope: store.locator, open: () => openPostgresStore(locator) });
  });
}
