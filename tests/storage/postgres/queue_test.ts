import { useStore } from "../../../lib/storage/locator.ts";
import { openPostgresStore } from "../../../lib/storage/postgres/open_postgres_store.ts";
import { SHORT_LEASE } from "../../support/programs/queue_program.ts";
import { QUEUE_CASES } from "../../run/start/queue_cases.ts";
import { postgresTests } from "../../support/postgres_test.ts";

const postgresTest = postgresTests();

for (const { name, run } of QUEUE_CASES) {
  postgresTest(`enqueue() in PostgreSQL: ${name}`, async ({ locator: scope }) => {
    const hurry = async () => {
      const { release } = await useStore(scope, (locator) => openPostgresStore(locator, { times: SHORT_LEASE }));
      return { [Symbol.asyncDispose]: release };
    };
    await run({ at: (name) => `${scope}#${name}`, scope, losesValues: true, moments: [2], hurry });
  });
}
