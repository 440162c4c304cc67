import { openPostgresStore } from "../../../lib/storage/postgres/open_postgres_store.ts";
import { postgresTests } from "../../support/postgres_test.ts";
import { LIMIT_CASES } from "../sql/limit_cases.ts";

const postgresTest = postgresTests();

for (const { name, run } of LIMIT_CASES) {
  postgresTest(`limits of a queue in PostgreSQL: ${name}`, async ({ locator }) => {
    await run({ open: () => openPostgresStore(locator) });
  });
}
