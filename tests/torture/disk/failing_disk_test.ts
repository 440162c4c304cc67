import { assert } from "@std/assert";
import { permittedTest } from "../../support/permitted_test.ts";
import { findStraceRefusal, sizesBetween, tryFailingSyncs, tryFileLimits, tryFullDisks } from "./failing_disk.ts";
import { TortureReport } from "../torture_report.ts";

const ALL = ["read", "write", "run"] as const;
const isUnix = Deno.build.os !== "windows";

permittedTest("a run on a disk that is full ends with 74 and can be resumed", ALL, async (test) => {
  const report = new TortureReport();
  const refusal = await tryFullDisks(report, [40, 100, 180]);
  report.assertKept();
  await test.step({ name: refusal ?? "ran", ignore: refusal !== undefined, fn: () => {} });
});

permittedTest("a run whose journal may not grow ends with 74 and can be resumed", ALL, async () => {
  if (!isUnix) return;
  const report = new TortureReport();
  await tryFileLimits(report, sizesBetween(130, 200, 2));
  report.assertKept();
  assert(report.countOf("file size limits (EFBIG)") === 2);
});

permittedTest("a run in which a sync fails ends with 74 and can be resumed", ALL, async (test) => {
  const report = new TortureReport();
  const refusal = Deno.build.os === "linux"
    ? await tryFailingSyncs(report, [["fdatasync", 1], ["fdatasync", 4], ["fsync", 1]])
    : "there is no strace";
  report.assertKept();
  await test.step({ name: refusal ?? "ran", ignore: refusal !== undefined, fn: () => {} });
});

permittedTest("findStraceRefusal() says in words why strace can't be used", ["run"], async () => {
  assert((await findStraceRefusal()) !== "");
});
