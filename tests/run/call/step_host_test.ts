import { assertEquals, assertRejects } from "@std/assert";
import { TransactionAborted, TransactionUndone } from "../../../lib/errors/running_errors.ts";
import type { Event } from "../../../lib/journal/event.ts";
import type { PlanNode } from "../../../lib/plan/node.ts";
import type { Planner } from "../../../lib/plan/planner.ts";
import { steps } from "../../../lib/plan/steps.ts";
import { InProcessHost } from "../../../lib/run/call/in_process_host.ts";
import type { StepHost } from "../../../lib/run/call/step_host.ts";
import { SYSTEM_CLOCK } from "../../../lib/run/session/clock.ts";
import { resumeJournal, rollbackJournal } from "../../../lib/run/start/continue_journal.ts";
import { MemoryStore } from "../../support/memory_store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import {
  add,
  addEach,
  addNested,
  calm,
  forget,
  join,
  remove,
  takeLog,
  upset,
} from "../../support/programs/flow_steps.ts";
import { recordsOf } from "../../support/programs/flow_transaction.ts";
import { eventsOf, historyOf, runSample, STEPS_URL } from "../../support/programs/sample_transaction.ts";
import { JsonHost, TableHost } from "../../support/step_hosts.ts";

const REF = { values: { "0": [["custom", "ref"]] }, v: 1 };

/** A journal whose functions are nowhere. */
async function journalOf(nodes: readonly PlanNode[], more: readonly Event[] = []): Promise<MemoryStore> {
  const modules = [{ url: STEPS_URL }];
  const store = new MemoryStore();
  const journal = await store.create("j", [
    { type: "opened", format: 1, id: "t", library: "0.1.0", home: STEPS_URL, modules, options: {} },
    { type: "planned", nodes },
    { type: "ready", nodes: nodes.length, value: { step: "2" }, valueMeta: { values: [["custom", "ref"]], v: 1 } },
  ]);
  if (more.length > 0) await journal.append(more);
  store.crash("j");
  return store;
}

permittedTest("the loop runs on what a host answers, and has no functions", ["read"], async () => {
  const code = { kind: "step", module: 0 } as const;
  const probe = { module: 0, export: "look" };
  const store = await journalOf([
    { id: "1", ...code, export: "make", args: ["a"], options: { interrupted: probe } },
    { id: "2", ...code, export: "use", args: [{ step: "1" }], argsMeta: REF, options: { retry: { maxAttempts: 2 } } },
  ], [{ type: "started", step: "1", attempt: 1, run: 1 }]);
  const error = { name: "Error", message: "not yet" };
  const child: PlanNode = { id: "2.1", kind: "step", module: 0, export: "inside" };
  const plan = { nodes: [child], modules: [{ url: "file:///elsewhere.ts" }], value: { value: 9 } };
  const host = new TableHost({
    look: [{ kind: "notDone" }],
    make: [{ kind: "finished", ms: 1, value: "A" }],
    use: [{ kind: "failed", ms: 2, error, names: ["Error"] }, { kind: "finished", ms: 3, plan }],
    inside: [{ kind: "finished", ms: 4, value: "in" }],
  });
  assertEquals(await resumeJournal(store, "j", { keep: true, host, now: true }), 9);
  assertEquals(host.prepared, ["make", "look", "use", "inside"]);
  const name = (exported: string) => ({ module: STEPS_URL, export: exported });
  const made = { name: name("make"), args: { value: ["a"] }, values: {}, undoes: undefined };
  const used = { name: name("use"), args: { value: [{ step: "1" }], meta: REF }, values: { "1": { value: "A" } } };
  const planning = (parent: string) => ({ undoes: undefined, planning: { parent, next: 1 } });
  assertEquals<unknown>(host.calls, [
    { ...made, name: name("look"), planning: undefined, attempt: 2, idempotencyKey: "t/1/0" },
    { ...made, ...planning("1"), attempt: 2, idempotencyKey: "t/1/0" },
    { ...used, ...planning("2"), attempt: 1, idempotencyKey: "t/2/0" },
    { ...used, ...planning("2"), attempt: 2, idempotencyKey: "t/2/0" },
    {
      name: { module: "file:///elsewhere.ts", export: "inside" },
      args: {},
      values: {},
      ...planning("2.1"),
      attempt: 1,
      idempotencyKey: "t/2.1/0",
    },
  ]);
  const ends = (await eventsOf(store, "j")).filter(({ type }) => type === "finished" || type === "failed");
  assertEquals<unknown>(ends, [
    { type: "finished", step: "1", attempt: 2, ms: 1, value: "A" },
    { type: "failed", step: "2", attempt: 1, ms: 2, error },
    { type: "finished", step: "2", attempt: 2, ms: 3, value: 9, expands: 1 },
    { type: "finished", step: "2.1", attempt: 1, ms: 4, value: "in" },
  ]);
});

permittedTest("a host undoes with the value of the step before its arguments", ["read"], async () => {
  const options = { undo: { module: 0, export: "back" } };
  const store = await journalOf([
    { id: "1", kind: "step", module: 0, export: "make", args: ["a"], options },
    { id: "2", kind: "step", module: 0, export: "use" },
  ], [
    { type: "started", step: "1", attempt: 1, run: 1 },
    { type: "finished", step: "1", attempt: 1, ms: 1, value: "A" },
  ]);
  const host = new TableHost({ back: [{ kind: "finished", ms: 1 }] });
  await rollbackJournal(store, "j", { host });
  const [undo] = host.calls;
  assertEquals([undo?.undoes, undo?.args, undo?.planning, undo?.idempotencyKey], [
    { value: "A" },
    { value: ["a"] },
    undefined,
    "t/1/0/undo",
  ]);
});

/** The records of a run without what differs between any two runs. */
async function comparable(store: MemoryStore): Promise<unknown> {
  return JSON.parse(
    JSON.stringify(await recordsOf(store)),
    (key, value) => (key === "ms" || key === "until" ? 0 : value),
  );
}

/** Runs a plan on a host that calls functions as they are, and on one that sees JSON alone. */
async function runBoth(build: (t: Planner) => unknown, check: (run: () => Promise<unknown>) => Promise<unknown>) {
  const seen: unknown[] = [];
  const modules = import.meta.resolve("../../support/programs/flow_steps.ts");
  for (const wrap of [(host: StepHost) => host, (host: StepHost) => new JsonHost(host)]) {
    takeLog();
    const store = new MemoryStore();
    const host = wrap(new InProcessHost({ clock: SYSTEM_CLOCK, isResumed: false }));
    const end = await check(() => runSample(store, "j", build, { keep: true, onFailure: "rollback", host }, modules));
    seen.push([String(end), takeLog(), await comparable(store)]);
  }
  assertEquals(seen[1], seen[0]);
}

permittedTest(
  "a host that sees JSON alone runs plans of steps, values and undos as one in this process",
  ["read"],
  async () => {
    calm();
    await runBoth((t) => {
      const nested = t.do(addNested, "n");
      t.do(join, nested.get("rest") as never);
      t.parallel((p) => void p.do(addEach, ["x", "y"]).with({ undo: forget }));
    }, (run) => run());
    upset("last");
    await runBoth((t) => {
      const first = t.do(add, "a").with({ undo: remove });
      t.do(addEach, ["b", "c"]).with({ undo: forget });
      t.do(add, first).with({ undo: remove });
      t.do(add, "last");
    }, (run) => assertRejects(run, TransactionUndone));
    calm();
  },
);

permittedTest("a sub-plan may not use a name that the transaction has already", ["read"], async () => {
  const store = new MemoryStore();
  const { planNamed } = steps<typeof import("../../support/programs/planning_steps.ts")>(
    import.meta.resolve("../../support/programs/planning_steps.ts"),
  );
  const run = () =>
    runSample(store, "j", (t) => t.do(planNamed, "taken").with({ name: "taken", retry: { maxAttempts: 3 } }));
  await assertRejects(run, TransactionAborted, 'Cannot use the name "taken" twice in one transaction');
  assertEquals((await historyOf(store, "j")).slice(1), ["started 1", "failed 1, aborted 1"]);
});
