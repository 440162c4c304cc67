import { assertEquals } from "@std/assert";
import type { Event } from "../../lib/journal/event.ts";
import { describeFinished, describeResumed, describeUndone, outlineRun } from "../../lib/progress/run_summary.ts";
import { planOf } from "../cli/written_journal.ts";
import { folded, plan } from "../state/folded.ts";

const UNDO = { undo: { module: 0, export: "unmake" } };
const PLAN = planOf("file:///srv/a.ts", [
  { export: "make", options: UNDO },
  { export: "make", options: UNDO },
  { export: "mail" },
]);
const RUN: readonly Event[] = ["1", "2", "3"].flatMap((step): Event[] => [
  { type: "started", step, attempt: 1, run: 1 },
  { type: "finished", step, attempt: 1, ms: 1 },
]);
const SKIP: Event = { type: "decided", decision: "skip", step: "3" };

Deno.test("describeFinished() says how many steps have run, and what happens to the journal", () => {
  const state = folded(...PLAN);
  const outline = outlineRun(state);
  assertEquals(
    describeFinished({ ...outline, state: folded(...PLAN, ...RUN) }, false),
    "finished: 3 of 3 steps",
  );
  const over = outlineRun(folded(...PLAN, ...RUN.slice(0, 4), SKIP));
  assertEquals(
    [describeFinished(over, false), describeFinished(over, true)],
    [
      "finished: 2 of 3 steps, 1 left out; no step had to run; the journal is removed",
      "finished: 2 of 3 steps, 1 left out; no step had to run; the journal is kept: prune --finished removes it",
    ],
  );
});

Deno.test("describeFinished() counts a step that finished before its group was skipped", () => {
  const group: readonly Event[] = plan([
    { id: "1", kind: "parallel" },
    { id: "1.1", kind: "step", module: 0, export: "make" },
    { id: "1.2", kind: "step", module: 0, export: "make" },
    { id: "2", kind: "step", module: 0, export: "make" },
  ]);
  const run = (step: string): readonly Event[] => [
    { type: "started", step, attempt: 1, run: 1 },
    { type: "finished", step, attempt: 1, ms: 1 },
  ];
  const skip: Event = { type: "decided", decision: "skip", step: "1" };
  const outline = outlineRun(folded(...group, ...run("1.1"), skip, ...run("2")));
  assertEquals(describeFinished({ ...outline, startsBefore: 0 }, false), "finished: 2 of 3 steps, 1 left out");
});

Deno.test("describeUndone() counts what the last rollback has undone, and names what stays", () => {
  const undo = (step: string): readonly Event[] => [
    { type: "undoing", step, attempt: 1, run: 1 },
    { type: "undone", step, attempt: 1, ms: 1 },
  ];
  const first: readonly Event[] = [
    ...PLAN,
    ...RUN,
    { type: "decided", decision: "rollback", to: "1" },
    ...undo("2"),
    { type: "undone" },
  ];
  assertEquals(
    describeUndone(folded(...first)),
    "undone: 1 step; step 3 stays as it is; step 1 stays because of --to",
  );
  const second: readonly Event[] = [...first, { type: "decided", decision: "rollback" }, ...undo("1"), {
    type: "undone",
  }];
  assertEquals(describeUndone(folded(...second)), "undone: 1 step; step 3 stays as it is");
});

Deno.test("describeResumed() names what has changed, and what a crash has left", () => {
  const resumed = {
    type: "resumed",
    run: 2,
    library: "0.1.0",
    modules: [{ module: 0, url: "file:///srv/b.ts", sha256: "0".repeat(64) }],
    recovered: { cutBytes: 12, savedAs: "j.json.torn" },
  } as const;
  assertEquals(describeResumed(resumed, folded(...PLAN, resumed)), [
    "changed since the plan was made: file:///srv/b.ts",
    "a crash cut the last record short: 12 bytes were removed, kept in j.json.torn",
  ]);
  assertEquals(describeResumed({ type: "resumed", run: 2, library: "0.1.0" }, folded(...PLAN)), []);
});
