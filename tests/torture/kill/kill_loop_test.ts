import { assert } from "@std/assert";
import { permittedTest } from "../../support/permitted_test.ts";
import { testSetting } from "../../support/test_setting.ts";
import { TortureReport } from "../torture_report.ts";
import { runKillLoop } from "./kill_loop.ts";

const SEED = testSetting("TEST_SEED", 1);
const KILLS = testSetting("TEST_KILLS", 200);

permittedTest(
  "programs that are killed all the time do everything once",
  ["read", "write", "run", "env"],
  async (test) => {
    const report = new TortureReport();
    const isEnough = () => report.countOf("kills") >= KILLS || report.details.length > 0;
    await runKillLoop({ seed: SEED, report, lanes: 3, isEnough });
    const counts = Array.from(report.counts, ([what, count]) => `${count} ${what}`).join(", ");
    await test.step(`${counts}, seed ${SEED}`, () => report.assertKept());
    assert(report.countOf("kills") >= KILLS);
  },
);
