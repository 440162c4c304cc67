import { assert, assertEquals } from "@std/assert";
import { dryRunSteps } from "../../../lib/inspect/dry_run/dry_run_steps.ts";
import { redactNothing } from "../../../lib/inspect/redact/redact_secrets.ts";
import type { Event } from "../../../lib/journal/event.ts";
import type { PlanNode } from "../../../lib/plan/node.ts";
import { countWork } from "../../state/count_work.ts";
import { done, folded, plan, refs, stepNode } from "../../state/folded.ts";

const SIZE = 800;
const UNDO = { options: { undo: { module: 0, export: "u" } } };

const each = <T>(count: number, make: (number: number) => readonly T[] | T): readonly T[] =>
  Array.from({ length: count }, (_, index) => index + 1).flatMap(make);
const parallel = (count: number, child: (id: string, number: number) => PlanNode): readonly Event[] =>
  plan([{ id: "1", kind: "parallel" }, ...each(count, (number) => child(`1.${number}`, number))]);
/** A group of sequences, each with a sleep of its own between two steps. */
const sequences = (count: number, options: { readonly limit?: number } = {}): readonly Event[] =>
  plan([
    { id: "1", kind: "parallel", ...options },
    ...each(count, (number): readonly PlanNode[] => [
      { id: `1.${number}`, kind: "sequence" },
      stepNode(`1.${number}.1`),
      { id: `1.${number}.2`, kind: "sleep", ms: 1000 * number },
      stepNode(`1.${number}.3`),
    ]),
  ]);

Deno.test("dryRunSteps() does twice as much for twice as many steps", () => {
  const plans: readonly ((count: number) => readonly Event[])[] = [
    (count) => parallel(count, (id, number) => ({ id, kind: "sleep", ms: 1000 * number })),
    (count) => parallel(count, (id, number) => ({ id, kind: "wait", signal: `a${number}` })),
    (count) => sequences(count),
    (count) => sequences(count, { limit: count / 2 }),
    // Beside many waits, and before a step that needs all their values, steps run one after the other.
    (count) => [
      ...plan([
        { id: "1", kind: "parallel" },
        ...each(count, (number): PlanNode => ({ id: `1.${number}`, kind: "wait", signal: "a" })),
        { id: `1.${count + 1}`, kind: "sequence" },
        ...each(count, (number) => stepNode(`1.${count + 1}.${number}`)),
        stepNode(`1.${count + 2}`, refs(...each(count, (number) => [[`1.${count + 1}.${number}`] as const]))),
        ...each(count, (number) => stepNode(`1.${count + 2 + number}`, refs([`1.${count + 1}.${count}`]))),
      ]),
    ],
    (count) => [
      ...plan(each(2 * count, (id) => stepNode(String(id), UNDO))),
      ...each(count, (id) => done(String(id))),
      { type: "decided", decision: "rollback" },
    ],
  ];
  for (const make of plans) {
    const work = [SIZE, 2 * SIZE].map((count) => {
      const state = folded(...make(count));
      return countWork(() => {
        const { steps } = dryRunSteps(state, { skipsRetryDelay: false, redact: redactNothing });
        assert(steps.length >= count);
      });
    });
    assert((work[1] ?? Infinity) <= 2.2 * (work[0] ?? 0), work.join(" visits, then "));
  }
});

Deno.test("dryRunSteps() stops before the first of several sleeps in a group that is too long to wait for", () => {
  const sleeps = [1, 2, 4, 9];
  const state = () =>
    folded(...parallel(4, (id, number) => ({ id, kind: "sleep", ms: 1000 * (sleeps[number - 1] ?? 0) })));
  const stop = (maxIdleMs: number) =>
    dryRunSteps(state(), { skipsRetryDelay: false, redact: redactNothing, maxIdleMs }).sleeps?.step;
  assertEquals([500, 1000, 2000, 4000, 5000].map(stop), ["1.1", "1.3", "1.4", "1.4", undefined]);
});

Deno.test("dryRunSteps() waits for long sleeps while a step waits to be tried again", () => {
  const until = new Date(Date.now() + 60_000).toISOString();
  const events = [
    ...plan([{ id: "1", kind: "parallel" }, stepNode("1.1"), { id: "1.2", kind: "sleep", ms: 30_000 }]),
    { type: "started", step: "1.1", attempt: 1, run: 1 } as const,
    { type: "failed", step: "1.1", attempt: 1, ms: 1, error: { name: "Error", message: "no" } } as const,
    { type: "retrying", step: "1.1", attempt: 2, until } as const,
  ];
  const run = (skipsRetryDelay: boolean) => {
    const { finishes, sleeps } = dryRunSteps(folded(...events), {
      skipsRetryDelay,
      redact: redactNothing,
      maxIdleMs: 10,
    });
    return [finishes, sleeps?.step];
  };
  assertEquals([run(false), run(true)], [[true, undefined], [false, "1.2"]]);
});

Deno.test("dryRunSteps() begins what comes after sleeps in the order in which these end", () => {
  // Step 2.3.2 needs the value of step 2.1.2, and step 2.2.2 one that is lost.
  const sleep = (id: string, ms: number): PlanNode => ({ id, kind: "sleep", ms });
  const sequence = (id: string): PlanNode => ({ id, kind: "sequence" });
  const run = (...sleeps: readonly [number, number, number]) => {
    const { steps } = dryRunSteps(
      folded(
        ...plan([
          stepNode("1"),
          { id: "2", kind: "parallel" },
          ...[sequence("2.1"), sleep("2.1.1", sleeps[0]), stepNode("2.1.2")],
          ...[sequence("2.2"), sleep("2.2.1", sleeps[1]), stepNode("2.2.2", refs(["1"]))],
          ...[sequence("2.3"), sleep("2.3.1", sleeps[2]), stepNode("2.3.2", refs(["2.1.2"]))],
        ]),
        { type: "decided", decision: "skip", step: "1" },
      ),
      { skipsRetryDelay: false, redact: redactNothing },
    );
    return steps.filter(({ what }) => what === "will run").map(({ id }) => id);
  };
  assertEquals(run(10, 30, 20), ["2.1.2", "2.3.2"]);
  assertEquals(run(20, 30, 10), ["2.1.2", "2.3.2"]);
  assertEquals(run(10, 20, 30), ["2.1.2"]);
  assertEquals(run(30, 20, 10), []);
});
