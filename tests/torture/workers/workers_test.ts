import { assert, assertEquals } from "@std/assert";
import { missingPostgres } from "../../support/postgres_server.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { testSetting } from "../../support/test_setting.ts";
import { runWorkers } from "./run_workers.ts";
import { PLACES } from "./worker_place.ts";

const SEED = testSetting("TEST_SEED", 1);
const SECONDS = testSetting("TEST_SECONDS", 3);
const JOBS = 20;

const system = Deno.build.os === "linux" ? undefined : "needs Linux";
for (const place of PLACES) {
  const name = `workers that are killed run everything in ${place}, and nothing twice, seed ${SEED}`;
  const reason = system ?? (place === "postgres" ? missingPostgres() : undefined);
  if (reason !== undefined) Deno.test({ name: `${name} [ignored: ${reason}]`, ignore: true, fn: () => {} });
  else {
    permittedTest(name, ["read", "write", "run", "env", "net", "sys"], async () => {
      const { counts, violations } = await runWorkers({ place, seed: SEED, seconds: SECONDS, jobs: JOBS });
      assertEquals(violations, []);
      assert((counts.get("effects") ?? 0) >= JOBS * 2);
    });
  }
}
