import { assertEquals } from "@std/assert";
import type { Event } from "../../lib/journal/event.ts";
import { type ProgressView, RunProgress } from "../../lib/progress/run_progress.ts";
import { applyEvent } from "../../lib/state/apply_event.ts";
import type { State } from "../../lib/state/state.ts";
import { planOf } from "../cli/written_journal.ts";
import { AT, folded } from "../state/folded.ts";

const PLAN = planOf("file:///srv/a.ts", [
  { export: "make", args: ["a"] },
  { export: "move", args: [{ step: "1" }], argsMeta: { values: { "0": [["custom", "ref"]] }, v: 1 } },
  { export: "mail", name: "mail" },
]);
/** What was in the journal when the run began: the plan, and the first step, which took two seconds. */
const FOUND = [...PLAN, started("1"), finished("1", 2000), started("2")];
const RESUMED: Event = { type: "resumed", run: 2, library: "0.1.0" };

function started(step: string, attempt = 1, run = 1): Event {
  return { type: "started", step, attempt, run };
}

function finished(step: string, ms: number, attempt = 1): Event {
  return { type: "finished", step, attempt, ms };
}

/** A run whose clock stands where a test puts it. */
class WatchedRun {
  readonly state: State;
  readonly progress = new RunProgress(() => this.now);
  now = 0;

  constructor(found: readonly Event[]) {
    this.state = folded(...found);
  }

  /** Something happens at a moment. */
  event(event: Event, now = this.now): void {
    this.now = now;
    applyEvent(this.state, event, AT);
    this.progress.event(event, this.state);
  }

  /** What is shown at a moment, without what is absent. */
  view(now = this.now): Partial<ProgressView> {
    this.now = now;
    return JSON.parse(JSON.stringify(this.progress.view()));
  }
}

Deno.test("RunProgress names a part of the value of a named step as inspect does", () => {
  const argsMeta = { values: { "0": [["custom", "ref"]] }, v: 1 };
  const plan = planOf("file:///srv/a.ts", [
    { export: "make", name: "user" },
    { export: "move", args: [{ step: "1", path: ["id"] }], argsMeta },
  ]);
  const run = new WatchedRun([...plan, started("1"), finished("1", 1)]);
  run.event(started("2"));
  assertEquals(run.view().call, "move(state.user.id)");
});

Deno.test("RunProgress counts what is done, names what is running, and guesses from what it took before", () => {
  const run = new WatchedRun(FOUND);
  run.event(RESUMED, 5000);
  run.event(started("2", 2, 2), 5000);
  const view = { done: 1, all: 3, call: "move(state[1])", others: 0, elapsedMs: 1500, expectedMs: 4000 };
  assertEquals(run.view(6500), view);
  run.event(finished("2", 4000, 2), 9000);
  run.event(started("3", 1, 2), 9000);
  assertEquals(run.view(9500), {
    done: 2,
    all: 3,
    call: "state.mail = mail()",
    others: 0,
    elapsedMs: 4500,
    expectedMs: 7000,
  });
  run.event(finished("3", 1), 9600);
  assertEquals(run.view(9600), { done: 3, all: 3, others: 0, elapsedMs: 4600, expectedMs: 4600 });
});

Deno.test("RunProgress guesses nothing before a step has finished, and shows nothing before something has happened", () => {
  const run = new WatchedRun(PLAN);
  assertEquals(run.view(), { done: 0, all: 0, elapsedMs: 0 });
  run.event(started("1"), 10);
  assertEquals(run.view(20), { done: 0, all: 3, call: 'state[1] = make("a")', others: 0, elapsedMs: 10 });
});

Deno.test("RunProgress shows what the running step reports, until it ends", () => {
  const run = new WatchedRun(PLAN);
  run.event(started("1"));
  run.progress.report({ step: "3", text: "not running" });
  assertEquals(run.view().text, undefined);
  run.progress.report({ step: "1", fraction: 0.5, text: "x".repeat(5000) });
  assertEquals([run.view().fraction, run.view().text?.length], [0.5, 1000]);
  const lies: { step: string; fraction?: number; text?: string } = JSON.parse('{"step":"1","fraction":"1","text":7}');
  run.progress.report(lies);
  assertEquals([run.view().fraction, run.view().text], [undefined, undefined]);
  run.progress.report({ step: "1", text: "again" });
  run.event({ type: "failed", step: "1", attempt: 1, ms: 1, error: { name: "Error", message: "" } });
  run.event(started("1", 2));
  assertEquals(run.view().text, undefined);
});

Deno.test("RunProgress spends a twentieth of the time on counting, at most", () => {
  const run = new WatchedRun(PLAN);
  let reads = 0;
  const slow = new RunProgress(() => {
    // Each look at the clock finds it 5 ms later, as if counting had taken so long.
    reads += 1;
    return run.now + 5 * reads;
  });
  applyEvent(run.state, started("1"), AT);
  slow.event(started("1"), run.state);
  assertEquals(slow.view().done, 0);
  applyEvent(run.state, finished("1", 1), AT);
  assertEquals(slow.view().done, 0);
  run.now += 100;
  assertEquals(slow.view().done, 1);
});
