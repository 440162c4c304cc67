import { assertEquals } from "@std/assert";
import { permittedTest } from "../support/permitted_test.ts";
import { tryManyStepsInDatabases } from "./large_databases.ts";
import { TortureReport } from "./torture_report.ts";

const STEPS = 400;

permittedTest(
  "a transaction of many steps in a database is resumed in little memory, each step once",
  ["read", "write", "run", "env", "net", "sys"],
  async () => {
    const report = new TortureReport();
    const missing = await tryManyStepsInDatabases(report, STEPS);
    report.assertKept();
    assertEquals(report.countOf("steps of one large transaction"), (missing === undefined ? 2 : 1) * STEPS);
  },
);
