import { assertEquals } from "@std/assert";
import type { Notice, StepProgress } from "../../../lib/run/options/observer.ts";
import { resumeJournal } from "../../../lib/run/start/continue_journal.ts";
import { MemoryStore } from "../../support/memory_store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { add, calm, reportBeyond, reportTwice, takeLog, upset } from "../../support/programs/flow_steps.ts";
import { recordsOf, runFlow } from "../../support/programs/flow_transaction.ts";

permittedTest("observers are told what steps report, and the journal is not", ["read"], async () => {
  calm();
  upset("then");
  const store = new MemoryStore();
  const told: StepProgress[] = [];
  const progress = (report: StepProgress) => void told.push(report);
  await runFlow(store, (t) => {
    t.do(reportTwice);
    t.do(add, "then");
    t.do(reportTwice);
  }, { observer: { progress } }).catch(() => {});
  assertEquals(told, [{ step: "1", fraction: 0.5 }, { step: "1", text: "nearly there" }]);
  calm();
  await resumeJournal(store, "j", { keep: true, observer: { progress } });
  assertEquals(told.slice(2), [{ step: "3", fraction: 0.5 }, { step: "3", text: "nearly there" }]);
  assertEquals(JSON.stringify(await recordsOf(store)).includes("nearly"), false);
  assertEquals(takeLog(), ["+then"]);
});

permittedTest("observers are told of shares from 0 to 1", ["read"], async () => {
  const told: StepProgress[] = [];
  const progress = (report: StepProgress) => void told.push(report);
  await runFlow(new MemoryStore(), (t) => void t.do(reportBeyond), { observer: { progress } });
  assertEquals(told, [0, 1, 0].map((fraction) => ({ step: "1", fraction })));
});

permittedTest("an observer of progress that fails does not touch the step", ["read"], async () => {
  calm();
  const notices: Notice[] = [];
  const error = new Error("not interested");
  await runFlow(new MemoryStore(), (t) => void t.do(reportTwice), {
    observer: {
      progress: () => {
        throw error;
      },
      notice: (notice) => void notices.push(notice),
    },
  });
  const message = 'The observer of "j" failed. Further failures are not reported: not interested';
  assertEquals(notices, [{ kind: "observer-failed", journal: "j", message, error }]);
});
