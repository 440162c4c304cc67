import { assert } from "@std/assert";
import { permittedTest } from "../support/permitted_test.ts";
import { testSetting } from "../support/test_setting.ts";
import { tryLiveReaders } from "./live_readers.ts";
import { TortureReport } from "./torture_report.ts";

const READS = 1000 * testSetting("TEST_EFFORT", 1);

permittedTest(
  "inspect and check read a journal while it is written at full speed",
  ["read", "write", "run"],
  async () => {
    const report = new TortureReport();
    await tryLiveReaders({ report, reads: READS, commands: 10 });
    report.assertKept();
    assert(report.countOf("reads of a journal while it was written") >= READS);
  },
);
