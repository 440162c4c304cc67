import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { env } from "../../lib/plan/ref.ts";
import { PlanBuilder } from "../../lib/plan/plan_builder.ts";
import type { Planner } from "../../lib/plan/planner.ts";
import { buildSubPlan, plan } from "../../lib/plan/sub_plan.ts";
import { encodeValue } from "../../lib/values/encode_value.ts";

const PLACE = { parent: "3.2", next: 1 };

function send(..._args: readonly unknown[]): { id: number } {
  return { id: 1 };
}

Deno.test("plan() does not call its callback", () => {
  let calls = 0;
  const made = plan(() => void (calls += 1));
  assertEquals(calls, 0);
  buildSubPlan(made, PLACE);
  assertEquals(calls, 1);
});

Deno.test("plan() refuses what is no function", () => {
  assertThrows(() => plan(JSON.parse("{}")), TypeError);
});

Deno.test("buildSubPlan() counts on below the step", () => {
  const made = plan((t) => {
    const first = t.do(send);
    const inner = t.parallel((p) => p.do(send, first));
    t.sleep(5);
    return { first, inner: inner.get("id") };
  });
  const built = buildSubPlan(made, { parent: "3.2", next: 7 });
  assertEquals(built?.nodes.map(({ id, kind }) => `${id} ${kind}`), [
    "3.2.7 step",
    "3.2.8 parallel",
    "3.2.8.1 step",
    "3.2.9 sleep",
  ]);
  assertEquals(built?.value.value, { first: { step: "3.2.7" }, inner: { step: "3.2.8.1", path: ["id"] } });
});

Deno.test("buildSubPlan() gives an empty plan and its value", () => {
  assertEquals(buildSubPlan(plan(() => ({ size: 5 })), PLACE), { nodes: [], value: { value: { size: 5 } } });
  assertEquals(buildSubPlan(plan(() => {}), PLACE), { nodes: [], value: {} });
});

Deno.test("buildSubPlan() makes nothing of other values", () => {
  const values = [undefined, null, 1, "plan", {}, [], () => plan(() => {}), { plan: plan(() => {}) }];
  for (const value of values) assertEquals(buildSubPlan(value, PLACE), undefined);
  assertEquals(buildSubPlan(new Proxy(plan(() => {}), {}), PLACE), undefined);
});

Deno.test("buildSubPlan() takes the plan of another copy of the library, and refuses another protocol's by name", () => {
  const build = (t: Planner) => t.do(send);
  const brand = Symbol.for("@x/resumable-tx/plan");
  assertEquals(buildSubPlan({ [brand]: { protocol: 1, build } }, PLACE)?.value.value, { step: "3.2.1" });
  assertThrows(
    () => buildSubPlan({ [brand]: { protocol: 2, build } }, PLACE),
    TypeError,
    " protocol 2, ",
  );
});

Deno.test("buildSubPlan() lets an error of the callback through, and refuses an async one", () => {
  const error = new Error("x");
  const thrown = assertThrows(() =>
    buildSubPlan(
      plan(() => {
        throw error;
      }),
      PLACE,
    )
  );
  assertStrictEquals(thrown, error);
  // @ts-expect-error: it is async
  assertThrows(() => buildSubPlan(plan(async () => {}), PLACE), TypeError, " async ");
});

Deno.test("buildSubPlan() refuses refs of other plans, and values that cannot be stored", () => {
  const foreign = new PlanBuilder().planner({}).do(send);
  assertThrows(
    () => buildSubPlan(plan((t) => t.do(send, foreign)), PLACE),
    TypeError,
    ' argument 1 of step 3.2.1 "send": value contains ',
  );
  assertThrows(
    () => buildSubPlan(plan(() => [foreign]), PLACE),
    TypeError,
    " step 3.2: value contains ",
  );
  assertThrows(() => buildSubPlan(plan(() => [Symbol("s")]), PLACE), TypeError, "value[0] is a symbol");
  assertThrows(() => buildSubPlan(plan(() => env("KEY")), PLACE), TypeError, " env(…): ");
  assertThrows(() => buildSubPlan(plan(() => plan(() => {})), PLACE), TypeError, ": value ");
});

Deno.test("the planner of a sub-plan is of no use when the plan is made", () => {
  let late: Planner | undefined;
  buildSubPlan(plan((t) => void (late = t)), PLACE);
  assertThrows(() => late?.do(send), TypeError, " sealed, ");
});

Deno.test("a sub-plan is refused as an argument, as a part of a value, and as the value of a transaction", () => {
  const why = " is a sub-plan, ";
  const made = plan(() => {});
  const builder = new PlanBuilder();
  const t = builder.planner({});
  assertThrows(() => t.do(send, 1, [made]), TypeError, ` argument 2 of step 1 "send": value[0]${why}`);
  assertThrows(() => encodeValue({ list: new Map([["a", made]]) }), TypeError, why);
  assertThrows(() => builder.seal(made), TypeError, ` transaction: value${why}`);
});
