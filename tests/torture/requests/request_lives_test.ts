import { assert } from "@std/assert";
import { permittedTest } from "../../support/permitted_test.ts";
import { testSetting } from "../../support/test_setting.ts";
import { type LivesReport, tryRequestLives } from "./request_lives.ts";

const SEED = testSetting("TEST_SEED", 1);
const LIVES = testSetting("TEST_LIVES", 6);

permittedTest(
  "signals to runs that are killed all the time are applied once, or refused, and never lost",
  ["read", "write", "run", "env", "sys"],
  async (test) => {
    let report: LivesReport | undefined;
    await test.step(`seed ${SEED}, ${LIVES} lives`, async () => {
      report = await tryRequestLives(SEED, LIVES);
    });
    if (report === undefined) return;
    const { kills, acknowledged, applied, refused } = report;
    await test.step(`${kills} kills, ${acknowledged} acknowledged, ${applied} applied, ${refused} refused`, () => {
      assert(kills > 0 && acknowledged >= LIVES && applied > 0);
    });
  },
);
