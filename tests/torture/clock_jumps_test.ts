import { assert } from "@std/assert";
import { permittedTest } from "../support/permitted_test.ts";
import { testSetting } from "../support/test_setting.ts";
import { tryClockJumps } from "./clock_jumps.ts";
import { TortureReport } from "./torture_report.ts";

const SEED = testSetting("TEST_SEED", 1);

permittedTest(`a clock that jumps by years changes nothing, seed ${SEED}`, ["read", "write"], async () => {
  const report = new TortureReport();
  await tryClockJumps({ seed: SEED, report, count: 20 });
  report.assertKept();
  assert(report.countOf("clock jumps of up to 10 years") >= 20 * 7);
});
