import { assert } from "@std/assert";
import { permittedTest } from "../support/permitted_test.ts";
import { testSetting } from "../support/test_setting.ts";
import { exploreMachine } from "./explore_machine.ts";

const SEED = testSetting("TEST_SEED", 1);

permittedTest("a run with crashes does what one without does", ["read"], async (test) => {
  const counts = await exploreMachine({
    seed: SEED,
    cases: 120,
    thorough: 15,
  });
  const { crashes, rewinds, repairs, given, overdue, inTime, late } = counts;
  await test.step(`${JSON.stringify(counts)}, seed ${SEED}`, () => {
    assert(crashes > 200 && rewinds > 50 && repairs > 30 && given > 0);
    assert(overdue > 30 && inTime > 0 && late > 10);
  });
});
