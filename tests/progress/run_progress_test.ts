import { assertEquals } from "@std/assert";
import type { Event } from "../../lib/journal/event.ts";
import { RunProgress } from "../../lib/progress/progress_view.ts";
import { planOf } from "../cli/written_journal.ts";

const PLAN = planOf("file:///srv/a.ts", [
  { export: "make", args: ["a"] },
  { export: "move", args: [{ step: "1" }], argsMeta: { values: { "0": [["custom", "ref"]] }, v: 1 } },
  { export: "mail", name: "mail" },
]);

function started(step: string): Event {
  return { type: "started", step, attempt: 1, run: 1 };
}

function finished(step: string, ms: number): Event {
  return { type: "finished", step, attempt: 1, ms };
}

/** What was in the journal when the run began: the plan, and the first step, which took two seconds. */
function makeProgress(): RunProgress {
  const progress = new RunProgress();
  for (const event of [...PLAN, started("1"), finished("1", 2000), started("2")]) progress.add(event);
  return progress;
}

Deno.test("RunProgress counts what is done, names what is at work, and guesses from what it took before", () => {
  const progress = makeProgress();
  assertEquals(progress.view(5000), { done: 1, all: 3, elapsedMs: 0, expectedMs: 4000 });
  progress.add({ type: "resumed", run: 2, library: "0.1.0" }, 5000);
  progress.add({ type: "started", step: "2", attempt: 2, run: 2 }, 5000);
  const view = { done: 1, all: 3, call: "move(state[1])", others: 0, elapsedMs: 1500, expectedMs: 4000 };
  assertEquals(progress.view(6500), view);
  progress.add(finished("2", 4000), 9000);
  progress.add(started("3"), 9000);
  assertEquals(progress.view(9500), {
    done: 2,
    all: 3,
    call: "state.mail = mail()",
    others: 0,
    elapsedMs: 4500,
    expectedMs: 7000,
  });
  progress.add(finished("3", 1), 9600);
  assertEquals(progress.view(9600), { done: 3, all: 3, elapsedMs: 4600, expectedMs: 4600 });
});

Deno.test("RunProgress guesses nothing before a step has finished", () => {
  const progress = new RunProgress();
  for (const event of PLAN) progress.add(event);
  progress.add(started("1"), 10);
  assertEquals(progress.view(20), { done: 0, all: 3, call: 'make("a")', others: 0, elapsedMs: 10 });
});

Deno.test("RunProgress follows decisions, plans of steps, groups and several steps at once", () => {
  const progress = makeProgress();
  progress.add({ type: "decided", step: "2", decision: "skip" }, 0);
  assertEquals(progress.view(0).done, 2);
  progress.add(started("2"), 0);
  assertEquals(progress.view(0).done, 1);
  progress.add({
    type: "expanded",
    step: "2",
    nodes: [
      { kind: "parallel", id: "2.1" },
      { kind: "step", id: "2.1.1", module: 0, export: "copy" },
    ],
  }, 0);
  progress.add(started("2.1"), 0);
  progress.add(started("2.1.1"), 0);
  const { done, all, others } = progress.view(0);
  assertEquals({ done, all, others }, { done: 1, all: 4, others: 2 });
  progress.add(finished("2.1", 1), 0);
  assertEquals(progress.view(0).done, 1);
  progress.add({ type: "decided", step: "3", decision: "remove" }, 0);
  assertEquals(progress.view(0).all, 3);
});

Deno.test("RunProgress shows what the step at work says, until it ends", () => {
  const progress = makeProgress();
  progress.add(started("2"), 0);
  progress.report({ step: "3", text: "not at work" });
  assertEquals(progress.view(0).text, undefined);
  progress.report({ step: "2", fraction: 0.5, text: "x".repeat(5000) });
  assertEquals([progress.view(0).fraction, progress.view(0).text?.length], [0.5, 1000]);
  const lies: { step: string; fraction?: number; text?: string } = JSON.parse('{"step":"2","fraction":"1","text":7}');
  progress.report(lies);
  assertEquals([progress.view(0).fraction, progress.view(0).text], [undefined, undefined]);
  progress.report({ step: "2", text: "again" });
  progress.add({ type: "failed", step: "2", attempt: 1, ms: 1, error: { name: "Error", message: "" } }, 0);
  progress.add(started("2"), 0);
  assertEquals(progress.view(0).text, undefined);
});
