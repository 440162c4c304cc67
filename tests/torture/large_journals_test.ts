import { assertEquals } from "@std/assert";
import { permittedTest } from "../support/permitted_test.ts";
import { tryLongLine, tryManySteps } from "./large_journals.ts";
import { TortureReport } from "./torture_report.ts";

const STEPS = 20_000;

permittedTest("a transaction of very many steps is resumed in little memory", ["read", "write", "run"], async () => {
  const report = new TortureReport();
  await tryManySteps(report, STEPS);
  report.assertKept();
  assertEquals(report.countOf("steps of one large transaction"), STEPS);
});

permittedTest("a line longer than any record is refused in little memory", ["read", "write"], async () => {
  const report = new TortureReport();
  await tryLongLine(report, 64);
  report.assertKept();
  assertEquals(report.countOf("MiB in one line"), 64);
});
