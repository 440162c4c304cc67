import { assertEquals } from "@std/assert";
import { permittedTest } from "../support/permitted_test.ts";
import { tryFailingMiddle, tryLongLine, tryManySteps } from "./large_journals.ts";
import { TortureReport } from "./torture_report.ts";

const STEPS = 20_000;

permittedTest("a transaction of very many steps is resumed in little memory", ["read", "write", "run"], async () => {
  const report = new TortureReport();
  await tryManySteps(report, STEPS);
  report.assertKept();
  assertEquals(report.countOf("steps of one large transaction"), STEPS);
});

// Takes 7 to 11 s where there is a folder in memory; elsewhere 100,000 syncs come on top.
permittedTest(
  "a plan of 100,000 steps is made, run, inspected, checked and resumed, and each step has its effect once",
  ["read", "write", "run"],
  async () => {
    const report = new TortureReport();
    await tryFailingMiddle(report, 100_000);
    report.assertKept();
    assertEquals(report.countOf("steps of one plan that stopped in the middle and was resumed"), 100_000);
  },
);

permittedTest("a line longer than any record is refused in little memory", ["read", "write"], async () => {
  const report = new TortureReport();
  await tryLongLine(report, 64);
  report.assertKept();
  assertEquals(report.countOf("MiB in one line"), 64);
});
