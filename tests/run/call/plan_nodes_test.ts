import { assertEquals, assertThrows } from "@std/assert";
import { parseEvent } from "../../../lib/journal/event.ts";
import { PlanBuilder } from "../../../lib/plan/plan_builder.ts";
import type { Plan } from "../../../lib/plan/plan_builder.ts";
import { buildSubPlan, plan } from "../../../lib/plan/sub_plan.ts";
import { expansionEvents, functionsOf, planEvents, planNodes } from "../../../lib/run/call/plan_nodes.ts";
import { State } from "../../../lib/state/state.ts";

const SEND = { module: "file:///a.ts", export: "send" };
const UNDO = { module: "file:///b.ts", export: "unsend" };
const PROBE = { module: "file:///a.ts", export: "wasSent" };

function send(..._args: readonly unknown[]): { id: number } {
  return { id: 1 };
}

function unsend(..._args: readonly unknown[]): void {}

function wasSent(..._args: readonly unknown[]): { done: false } {
  return { done: false };
}

function planOfAll(): Plan {
  const builder = new PlanBuilder();
  const t = builder.planner({});
  const sent = t.parallel((p) => {
    const first = p.do(send, 1n);
    p.sequence((s) => void s.do(send, first), { name: "inner" });
    return first;
  }, { limit: 2 });
  sent.with({ name: "first", undo: unsend, interrupted: wasSent, timeoutMs: 5, retry: { maxAttempts: 2 } });
  t.sleep(1000);
  t.sleep(new Date("2030-01-01T00:00:00Z"), { name: "newYear" });
  t.waitFor("approval");
  return builder.seal(sent);
}

const NAMES = new Map<unknown, typeof SEND>([[send, SEND], [unsend, UNDO], [wasSent, PROBE]]);
const BIG = { values: { "0": ["bigint"] }, v: 1 };
const REF = { values: { "0": [["custom", "ref"]] }, v: 1 };

const NODES = [
  { id: "1", kind: "parallel", limit: 2 },
  {
    id: "1.1",
    name: "first",
    kind: "step",
    module: 0,
    export: "send",
    args: ["1"],
    argsMeta: BIG,
    options: {
      retry: { maxAttempts: 2 },
      timeoutMs: 5,
      interrupted: { module: 0, export: "wasSent" },
      undo: { module: 1, export: "unsend" },
    },
  },
  { id: "1.2", name: "inner", kind: "sequence" },
  { id: "1.2.1", kind: "step", module: 0, export: "send", args: [{ step: "1.1" }], argsMeta: REF },
  { id: "2", kind: "sleep", ms: 1000 },
  { id: "3", name: "newYear", kind: "sleep", until: "2030-01-01T00:00:00.000Z" },
  { id: "4", kind: "wait", signal: "approval" },
];

Deno.test("planEvents() writes nodes of every kind, which a journal takes", () => {
  const plan = planOfAll();
  const { modules, nodes } = planNodes(plan, NAMES);
  assertEquals(modules, ["file:///a.ts", "file:///b.ts"]);
  const meta = { values: [["custom", "ref"]], v: 1 };
  const events = planEvents(nodes, plan.value);
  assertEquals<unknown>(events, [
    { type: "planned", nodes: NODES },
    { type: "ready", nodes: 7, value: { step: "1.1" }, valueMeta: meta },
  ]);
  for (const event of events) assertEquals(parseEvent(JSON.parse(JSON.stringify(event))), { event });
});

Deno.test("functionsOf() names each function once, in the order of the plan", () => {
  assertEquals(functionsOf(planNodes(planOfAll(), NAMES)), [SEND, PROBE, UNDO]);
});

Deno.test("expansionEvents() takes modules from the table that is there already, and adds the others", () => {
  const sub = buildSubPlan(plan((t) => void t.do(send).with({ undo: unsend, interrupted: wasSent })), {
    parent: "4",
    next: 3,
  });
  const made = planNodes(sub ?? { nodes: [], value: {} }, NAMES);
  const sha256 = "b".repeat(64);
  const modules = made.modules.map((url) => ({ url, sha256 }));
  const state = new State({ keepsValues: false });
  state.modules = [{ url: "file:///home.ts" }, { url: "file:///a.ts" }];
  const options = { interrupted: { module: 1, export: "wasSent" }, undo: { module: 2, export: "unsend" } };
  assertEquals<unknown>(expansionEvents(state, "4", { nodes: made.nodes, modules, value: {} }), [{
    type: "expanded",
    step: "4",
    nodes: [{ id: "4.3", kind: "step", module: 1, export: "send", options }],
    modules: [{ url: "file:///b.ts", sha256 }],
  }]);
});

Deno.test("planNodes() refuses a step, a probe and an undo without a name", () => {
  for (const fn of [send, wasSent, unsend]) {
    const names = new Map([...NAMES].filter(([named]) => named !== fn));
    assertThrows(() => planNodes(planOfAll(), names), TypeError);
  }
});
