import { assert, assertEquals } from "@std/assert";
import { missingPostgres } from "../../support/postgres_server.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { testSetting } from "../../support/test_setting.ts";
import { runChaos } from "./run_chaos.ts";

const PERMISSIONS = ["read", "write", "run", "env", "net", "sys"] as const;
const SEED = testSetting("TEST_SEED", 1);
const SECONDS = testSetting("TEST_SECONDS", 1);
const PROCESSES = 3;
const LANES = 3;

const missing = Deno.build.os === "linux" ? missingPostgres() : "needs Linux";
for (const kind of ["postgres", "sqlite"] as const) {
  const name = `no kill, stop or cut takes from ${kind} what was acknowledged, or repeats a step, seed ${SEED}`;
  const reason = kind === "postgres" || missing === "needs Linux" ? missing : undefined;
  if (reason !== undefined) Deno.test({ name: `${name} [ignored: ${reason}]`, ignore: true, fn: () => {} });
  else {
    permittedTest(name, PERMISSIONS, async () => {
      const options = { kind, seed: SEED, seconds: SECONDS, processes: PROCESSES, lanes: LANES };
      const { counts, violations } = await runChaos(options);
      assertEquals(violations, []);
      for (const what of ["SIGKILLs", "SIGSTOPs beyond the lease", "effects"]) assert(counts.of(what) > 0, what);
    });
  }
}
