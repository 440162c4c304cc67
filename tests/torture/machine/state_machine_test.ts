import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { permittedTest } from "../../support/permitted_test.ts";
import { testSetting } from "../../support/test_setting.ts";
import { exploreMachine } from "./explore_machine.ts";
import { noCounts } from "./machine_counts.ts";
import { machineSpec } from "./machine_spec.ts";
import { StateMachine } from "./state_machine.ts";

const USUAL_SEED = 2;
const SEED = testSetting("TEST_SEED", USUAL_SEED);

/** What may stand in the journals of the cases, with how often it must. With another seed the rare may not come at all. */
const EVENTS: Readonly<Record<string, number>> = {
  "opened": 100,
  "planned": 100,
  "ready": 100,
  "started": 300,
  "finished": 300,
  "finished without its value": 20,
  "failed": 50,
  "failed, and rolls back": 10,
  "retrying": 20,
  "aborted": 30,
  "expanded": 30,
  "waiting for time": 20,
  "waiting for signal": 10,
  "waiting for decision": 50,
  "signalled": 30,
  "resumed": 200,
  "cancelled": 1,
  "rollback": 10,
  "rollback to a step": 1,
  "undoing": 30,
  "an undo failed": 5,
  "undone": 30,
  "ended": 50,
  "retry": 20,
  "retry by probe": 1,
  "done": 20,
  "done by probe": 1,
  "skip": 5,
  "edit": 10,
  "insert": 10,
  "remove": 5,
  "rewind": 10,
  "undecide": 10,
};

permittedTest("a run with crashes does what one without does", ["read"], async (test) => {
  const counts = await exploreMachine({
    seed: SEED,
    cases: 120,
    thorough: 15,
  });
  const { events, ...numbers } = counts;
  await test.step(`${JSON.stringify(numbers)}, seed ${SEED}`, () => {
    const { crashes, rewinds, repairs, given, due, overdue, inTime, late } = numbers;
    assert(crashes > 200 && rewinds > 50 && repairs > 30 && overdue > 30 && late > 10);
    assert(SEED !== USUAL_SEED || (given > 0 && due > 0 && inTime > 0));
  });
  await test.step(`the journals tell of ${JSON.stringify(Object.fromEntries(events))}`, () => {
    const rare = Object.entries(EVENTS).filter(([kind, times]) => (events.get(kind) ?? 0) < times);
    assertEquals(SEED === USUAL_SEED ? rare : [], []);
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
