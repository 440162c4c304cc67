import { assert, assertEquals } from "@std/assert";
import { permittedTest } from "../support/permitted_test.ts";
import { testSetting } from "../support/test_setting.ts";
import fc from "fast-check";
import { exploreMachine } from "./explore_machine.ts";
import { noCounts } from "./machine_counts.ts";
import { machineSpec } from "./machine_spec.ts";
import { StateMachine } from "./state_machine.ts";

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

permittedTest(
  "a case of the state machine goes the same way each time, to the last byte of its journals",
  ["read"],
  async () => {
    let records = 0;
    for (const spec of fc.sample(machineSpec, { seed: SEED, numRuns: 25 })) {
      const [one, other] = [new StateMachine(spec, noCounts()), new StateMachine(spec, noCounts())];
      // From the same line: where the author gives up is in the journal.
      for (const machine of [one, other]) await machine.run();
      assertEquals(one.journals, other.journals, `seed ${SEED}`);
      records += one.journals.join("\n").split("\n").length;
    }
    assert(records > 1000);
  },
);
