import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { env } from "../../lib/plan/ref.ts";
import type { Plan, PlannedStep } from "../../lib/plan/plan_builder.ts";
import { PlanBuilder } from "../../lib/plan/plan_builder.ts";
import type { Planner } from "../../lib/plan/planner.ts";
import type { Ref } from "../../lib/plan/ref.ts";
import { checkStepOptions } from "../../lib/plan/step_options.ts";

function send(..._args: readonly unknown[]): { id: number } {
  return { id: 1 };
}

function planner(): Planner {
  return new PlanBuilder().planner({});
}

function stepsOf({ nodes }: Plan): readonly PlannedStep[] {
  return nodes.filter((node) => node.kind === "step");
}

Deno.test("do() stores the arguments when it is called", () => {
  const builder = new PlanBuilder();
  const letter = { to: "ana", lines: ["a"] };
  builder.planner({}).do(send, letter);
  letter.lines.push("b");
  assertEquals(stepsOf(builder.seal(undefined))[0]?.args, { value: [{ to: "ana", lines: ["a"] }] });
});

Deno.test("do() refuses an argument that cannot be stored, with its place", () => {
  const letter = { attachments: [new ReadableStream()] };
  const t = planner();
  t.do(send, 1);
  assertThrows(
    () => t.do(send, 1, letter),
    TypeError,
    'Cannot store argument 2 of step 2 "send": value.attachments[0] is a ReadableStream',
  );
});

Deno.test("do() refuses arguments over 16 MiB", () => {
  const half = "x".repeat(9 * 1024 * 1024);
  assertThrows(() => planner().do(send, half, half), RangeError, ' step 1 "send": ');
});

Deno.test("do() adds no step when it refuses one", () => {
  const builder = new PlanBuilder();
  const t = builder.planner({});
  assertThrows(() => t.do(send, () => 1), TypeError, 'argument 1 of step 1 "send": value is a function');
  t.do(send, 2);
  assertEquals(stepsOf(builder.seal(undefined)).map((step) => [step.id, step.args.value]), [["1", [2]]]);
});

Deno.test("do() takes refs and variables anywhere in an argument", () => {
  const builder = new PlanBuilder();
  const t = builder.planner({});
  const first = t.do(send);
  t.do(send, { deep: [first.get("id"), env("KEY")] }, first);
  assertEquals(stepsOf(builder.seal(undefined))[1]?.args.value, [
    { deep: [{ step: "1", path: ["id"] }, "KEY"] },
    { step: "1" },
  ]);
});

Deno.test("do() refuses a ref of another transaction, and what is no function", () => {
  const ref = planner().do(send);
  assertThrows(
    () => planner().do(send, [ref]),
    TypeError,
    'argument 1 of step 1 "send": value contains ',
  );
  const noFunction: () => void = JSON.parse('"f"');
  assertThrows(() => planner().do(noFunction), TypeError, " step 1: ");
});

Deno.test("with() names a step once, and returns the step", () => {
  const t = planner();
  const step = t.do(send);
  assertStrictEquals(step.with({ name: "first" }), step);
  assertThrows(() => t.do(send).with({ name: "first" }), TypeError, ' "first" twice');
  step.with({ name: "other" });
  t.do(send).with({ name: "first" });
});

Deno.test("with() of a planner shares options, and a step's own go before them", () => {
  const builder = new PlanBuilder();
  const t = builder.planner({ interrupted: "retry" });
  t.do(send);
  t.with({ interrupted: "ask" }).do(send);
  t.do(send).with({ interrupted: "ask", name: "own" });
  assertEquals(stepsOf(builder.seal(undefined)).map((step) => step.options), [
    { interrupted: "retry" },
    { interrupted: "ask" },
    { interrupted: "ask", name: "own" },
  ]);
});

Deno.test("with() of a planner refuses what is for a single step", () => {
  const refusals: readonly (readonly [object, string])[] = [
    [{ name: "a" }, ' option "name": '],
    [{ undo: send }, ' option "undo": '],
    [{ interrupted: send }, " probe: "],
  ];
  for (const [options, message] of refusals) assertThrows(() => planner().with(options), TypeError, message);
});

Deno.test("with() keeps the undo function of a step", () => {
  const builder = new PlanBuilder();
  builder.planner({}).do(send, 1).with({ undo: send, name: "sent" });
  assertEquals(stepsOf(builder.seal(undefined))[0]?.options, { undo: send, name: "sent" });
});

Deno.test("checkStepOptions() refuses what plain JavaScript may pass", () => {
  for (
    const [options, message] of [
      ['{"retries":3}', ' option "retries" of a step: '],
      ['{"name":"2nd"}', ' step "2nd": '],
      ['{"name":""}', ' step "": '],
      ['{"name":3}', " type number: "],
      ['{"interrupted":"skip"}', ' "skip" of the option "interrupted": '],
      ['{"undo":"refund"}', ' option "undo" of a step '],
    ] as const
  ) {
    assertThrows(() => checkStepOptions(JSON.parse(options)), TypeError, message);
  }
});

Deno.test("seal() ends planning", () => {
  const builder = new PlanBuilder();
  const t = builder.planner({});
  const step = t.do(send);
  builder.seal(undefined);
  for (const late of [() => t.do(send), () => step.with({ name: "late" }), () => builder.seal(undefined)]) {
    assertThrows(late, TypeError, " sealed, ");
  }
});

Deno.test("seal() refuses an async callback's promise and what cannot be stored", () => {
  assertThrows(() => new PlanBuilder().seal(Promise.reject(new Error("x"))), TypeError, " async ");
  assertThrows(
    () => new PlanBuilder().seal({ a: [Symbol("s")] }),
    TypeError,
    " value.a[0] ",
  );
});

const MISUSES: readonly (readonly [string, (ref: Ref<unknown>) => unknown])[] = [
  ["in a template", (ref) => `Hello ${ref}`],
  ["as text", (ref) => String(ref)],
  ["added to a text", (ref) => "a" + ref],
  ["as a number", (ref) => Number(ref)],
  ["in JSON", (ref) => JSON.stringify({ ref })],
];
for (const [how, misuse] of MISUSES) {
  Deno.test(`a ref cannot be used ${how}`, () => {
    assertThrows(() => misuse(planner().do(send)), TypeError, " step 1 as ");
    assertThrows(() => misuse(planner().do(send).get("id")), TypeError, " step 1 as ");
    assertThrows(() => misuse(env("KEY")), TypeError, ' env("KEY") ');
  });
}

Deno.test("env() refuses what cannot be a variable's name", () => {
  for (const name of ["", "A=B", "A\0"]) {
    assertThrows(() => env(name), TypeError, JSON.stringify(name));
  }
});

Deno.test("with() stores what is said when it is called, and nothing that is undefined", () => {
  const builder = new PlanBuilder();
  const retry = JSON.parse('{"delayMs":5,"nonRetryable":["TypeError"]}');
  retry.factor = undefined;
  builder.planner({ retry }).do(send).with({ retry });
  builder.planner({ retry }).do(send);
  retry.nonRetryable.push("later");
  const stored = { retry: { delayMs: 5, nonRetryable: ["TypeError"] } };
  assertEquals(stepsOf(builder.seal(undefined)).map(({ options }) => JSON.stringify(options)), [
    JSON.stringify(stored),
    JSON.stringify(stored),
  ]);
});
