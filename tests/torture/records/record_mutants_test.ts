import { assert } from "@std/assert";
import { permittedTest } from "../../support/permitted_test.ts";
import { testSetting } from "../../support/test_setting.ts";
import { tryRecordMutants } from "./record_mutants.ts";
import { TortureReport } from "../torture_report.ts";

const SEED = testSetting("TEST_SEED", 1);
const COUNT = 2000 * testSetting("TEST_EFFORT", 1);

permittedTest(
  "journals that were changed are read as what they say, or refused",
  ["read", "write"],
  async (test) => {
    const report = new TortureReport();
    await tryRecordMutants({ seed: SEED, report, count: COUNT });
    const counts = Array.from(report.counts, ([what, count]) => `${count} ${what}`).join(", ");
    await test.step(`${counts}, seed ${SEED}`, () => report.assertKept());
    assert(report.countOf("record mutants read") > COUNT / 50, "hardly any mutant got as far as being read");
  },
);
