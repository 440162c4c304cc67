import { assertEquals } from "@std/assert";
import { PlanBuilder } from "../../../lib/plan/plan_builder.ts";
import type { Planner } from "../../../lib/plan/planner.ts";
import { planNodes } from "../../../lib/run/call/plan_nodes.ts";
import { type MadePlan, planDifference } from "../../../lib/run/start/admission.ts";
import { addNodes } from "../../../lib/state/add_nodes.ts";
import { State } from "../../../lib/state/state.ts";

function send(..._args: readonly unknown[]): void {}

function mail(): void {}

const NAMES = new Map<unknown, { readonly module: string; readonly export: string }>([
  [send, { module: "file:///a.ts", export: "send" }],
  [mail, { module: "file:///b.ts", export: "mail" }],
]);

function planned(build: (t: Planner) => unknown): MadePlan {
  const builder = new PlanBuilder();
  const plan = builder.seal(build(builder.planner({})));
  return { home: "file:///home.ts", ...planNodes(plan, NAMES) };
}

function stateOf({ nodes, modules }: MadePlan): State {
  const state = new State({ keepsValues: false });
  state.home = "file:///home.ts";
  state.modules = modules.map((url) => ({ url }));
  addNodes(state, nodes);
  state.planned = nodes.length;
  return state;
}

function difference(before: MadePlan, now: MadePlan): string | undefined {
  return planDifference(stateOf(before), now);
}

Deno.test("planDifference() finds none where only arguments, times, limits, options and names differ", () => {
  const before = planned((t) => {
    t.parallel((p) => void p.do(send, 1), { limit: 2 });
    t.sleep(5);
    t.waitFor("go");
  });
  const now = planned((t) => {
    t.parallel((p) => void p.do(send, 2).with({ timeoutMs: 5, name: "a", undo: mail }), { name: "b" });
    t.sleep(new Date(0));
    t.waitFor("go", { name: "c" });
  });
  assertEquals(difference(before, now), undefined);
  assertEquals(difference(planned(() => {}), planned(() => {})), undefined);
});

Deno.test("planDifference() names the first node that differs", () => {
  const steps = planned((t) => void t.do(send));
  assertEquals(
    difference(steps, planned((t) => void t.do(mail))),
    "step 1 is send of file:///a.ts in the journal, and mail of file:///b.ts now",
  );
  assertEquals(
    difference(steps, planned((t) => t.sleep(1))),
    "step 1 is send of file:///a.ts in the journal, and a sleep now",
  );
  assertEquals(
    difference(planned((t) => t.parallel(() => {})), planned((t) => t.sequence(() => {}))),
    "step 1 is a parallel group in the journal, and a sequence now",
  );
  assertEquals(
    difference(planned((t) => void t.waitFor("go")), planned((t) => void t.waitFor("stop"))),
    'step 1 is a wait for "go" in the journal, and a wait for "stop" now',
  );
  assertEquals(
    difference(steps, planned((t) => [t.do(send), t.do(send)])),
    "the journal has 1 steps, the plan made now has 2",
  );
  assertEquals(
    planDifference(stateOf(steps), { ...steps, home: "file:///moved.ts" }),
    "it was planned by file:///home.ts, not by file:///moved.ts",
  );
});

Deno.test("planDifference() sees where a group ends", () => {
  const inside = planned((t) => t.sequence((s) => [s.do(send), s.do(send)]));
  const after = planned((t) => [t.sequence((s) => s.do(send)), t.do(send)]);
  assertEquals(difference(inside, after), "the journal has step 1.2 where the program has step 2");
});
