import { assert } from "@std/assert";
import { permittedTest } from "../support/permitted_test.ts";
import { testSetting } from "../support/test_setting.ts";
import { exploreMachine } from "./explore_machine.ts";

const SEED = testSetting("TEST_SEED", 1);

permittedTest("a run with crashes does what one without does", ["read"], async (test) => {
  const { cases, lives, crashes, rewinds, repairs, given, records } = await exploreMachine({
    seed: SEED,
    cases: 120,
    thorough: 15,
  });
  await test.step(
    `${cases} plans, ${lives} lives, ${crashes} crashes, ${rewinds} rewinds, ${repairs} repairs, ${given} values given, ${records} records, seed ${SEED}`,
    () => assert(crashes > 200 && rewinds > 50 && repairs > 30 && given > 0),
  );
});
