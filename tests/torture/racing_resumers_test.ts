import { assertEquals } from "@std/assert";
import { permittedTest } from "../support/permitted_test.ts";
import { testSetting } from "../support/test_setting.ts";
import { raceResumers } from "./racing_resumers.ts";
import { TortureReport } from "./torture_report.ts";

const SEED = testSetting("TEST_SEED", 1);
const RACES = 6;

permittedTest(`of three that resume at once one does, seed ${SEED}`, ["read", "write", "run"], async () => {
  const report = new TortureReport();
  await raceResumers({ seed: SEED, report, races: RACES });
  report.assertKept();
  assertEquals(report.countOf("races of three resumers"), RACES);
});
