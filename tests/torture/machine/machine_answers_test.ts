import { assert } from "@std/assert";
import fc from "fast-check";
import { permittedTest } from "../../support/permitted_test.ts";
import { testSetting } from "../../support/test_setting.ts";
import { type AnswerCounts, checkAnswers } from "./machine_answers.ts";
import { noCounts } from "./machine_counts.ts";
import { machineSpec } from "./machine_spec.ts";
import { StateMachine } from "./state_machine.ts";

const USUAL_SEED = 5;
const SEED = testSetting("TEST_SEED", USUAL_SEED);
/** Cases that crash here and there, and cases that crash after each record. */
const CASES = 5;
const THOROUGH = 1;

permittedTest(
  "every answer that is offered between two runs is taken, and every one that is taken is in the table",
  ["read"],
  async () => {
    const counts: AnswerCounts = new Map();
    const look = (between: Parameters<typeof checkAnswers>[0]) => checkAnswers(between, counts);
    for (const [index, spec] of fc.sample(machineSpec, { seed: SEED, numRuns: CASES + THOROUGH }).entries()) {
      const machine = new StateMachine(spec, noCounts(), look);
      await (index < CASES ? machine.run() : machine.runFromEachRecord());
    }
    const seldom = [...counts].filter(([, { taken, refused }]) => taken === 0 || refused === 0);
    assert(SEED !== USUAL_SEED || seldom.length === 0, JSON.stringify(seldom));
  },
);
