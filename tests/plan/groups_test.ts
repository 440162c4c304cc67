import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import type { Plan } from "../../lib/plan/plan_builder.ts";
import { PlanBuilder } from "../../lib/plan/plan_builder.ts";
import type { Planner } from "../../lib/plan/planner.ts";

function send(..._args: readonly unknown[]): { id: number } {
  return { id: 1 };
}

function planned(build: (t: Planner) => unknown, shared = {}): Plan {
  const builder = new PlanBuilder();
  return builder.seal(build(builder.planner(shared)));
}

/** Ids and kinds, as they are in the plan. */
function outline(plan: Plan): string[] {
  return plan.nodes.map(({ id, kind }) => `${id} ${kind}`);
}

Deno.test("parallel() and sequence() stand before their children, which are counted in each of them", () => {
  const plan = planned((t) => {
    t.do(send);
    t.parallel((p) => {
      p.do(send);
      p.sequence((s) => {
        s.do(send);
        s.parallel((q) => void q.do(send));
      });
      p.do(send);
    });
    t.do(send);
  });
  assertEquals(outline(plan), [
    "1 step",
    "2 parallel",
    "2.1 step",
    "2.2 sequence",
    "2.2.1 step",
    "2.2.2 parallel",
    "2.2.2.1 step",
    "2.3 step",
    "3 step",
  ]);
});

Deno.test("parallel() keeps its limit and its name, sequence() its name; either may be empty", () => {
  const plan = planned((t) => {
    t.parallel(() => {}, { limit: 3, name: "uploads" });
    t.parallel(() => {});
    t.sequence(() => {}, { name: "inOrder" });
  });
  assertEquals(plan.nodes, [
    { id: "1", name: "uploads", kind: "parallel", limit: 3 },
    { id: "2", kind: "parallel" },
    { id: "3", name: "inOrder", kind: "sequence" },
  ]);
});

Deno.test("parallel() returns what its callback returns, whose refs are good across branches and later", () => {
  const plan = planned((t) => {
    const made = t.parallel((p) => {
      const first = p.do(send);
      const second = p.sequence((s) => s.do(send, first));
      return { first, second };
    });
    return [t.do(send, made.second.get("id")), made];
  });
  assertEquals(plan.nodes.flatMap((node) => (node.kind === "step" ? [node.args.value] : [])), [
    undefined,
    [{ step: "1.1" }],
    [{ step: "1.2.1", path: ["id"] }],
  ]);
  assertEquals(plan.value.value, [{ step: "2" }, { first: { step: "1.1" }, second: { step: "1.2.1" } }]);
  const value = {};
  planned((t) => assertStrictEquals(t.sequence(() => value), value));
});

Deno.test("the planner of a group shares the options of the one that made it", () => {
  const plan = planned((t) => {
    t.with({ timeoutMs: 5 }).parallel((p) => {
      p.do(send);
      p.with({ interrupted: "ask" }).sequence((s) => void s.do(send).with({ timeoutMs: 6 }));
    });
    t.do(send);
  }, { interrupted: "retry" });
  assertEquals(plan.nodes.flatMap((node) => (node.kind === "step" ? [node.options] : [])), [
    { interrupted: "retry", timeoutMs: 5 },
    { interrupted: "ask", timeoutMs: 6 },
    { interrupted: "retry" },
  ]);
});

Deno.test("the planners around a group cannot be used in its callback", () => {
  const message = ' parallel group 1 "a": ';
  const uses: readonly ((t: Planner) => unknown)[] = [
    (t) => t.do(send),
    (t) => t.with({ timeoutMs: 5 }).do(send),
    (t) => t.sleep(5),
    (t) => t.waitFor("go"),
    (t) => t.sequence(() => {}),
    (t) => t.parallel(() => {}),
  ];
  for (const use of uses) {
    planned((t) => t.parallel(() => void assertThrows(() => use(t), TypeError, message), { name: "a" }));
  }
  planned((t) =>
    t.parallel((p) => p.sequence(() => void assertThrows(() => p.do(send), TypeError, " parallel group 1 in ")))
  );
});

Deno.test("the planner of a group cannot be used outside of its callback", () => {
  planned((t) => {
    const late = t.sequence((s) => s);
    assertThrows(
      () => late.do(send),
      TypeError,
      " sequence 1 outside ",
    );
    t.parallel(() => {
      assertThrows(() => late.do(send), TypeError, " parallel group 2, ");
    });
    t.do(send);
  });
});

Deno.test("a step can be told more in the callback of a later group", () => {
  const plan = planned((t) => {
    const first = t.do(send);
    t.parallel(() => void first.with({ name: "first" }));
  });
  assertEquals(plan.nodes[0]?.kind === "step" ? plan.nodes[0].options : undefined, { name: "first" });
});

Deno.test("a plan is of no use after the callback of a group has thrown, and the error passes through", () => {
  const builder = new PlanBuilder();
  const t = builder.planner({});
  const before = t.do(send);
  const error = new Error("x");
  const thrown = assertThrows(() =>
    t.sequence(() => {
      assertThrows(() => t.parallel(() => {}), TypeError, " sequence 2: ");
      throw error;
    })
  );
  assertStrictEquals(thrown, error);
  const message = ": the callback of sequence 2 ";
  const uses = [() => t.do(send), () => before.with({ name: "a" }), () => builder.seal(undefined)];
  for (const use of uses) assertThrows(use, TypeError, message);
});

Deno.test("a plan stays of no use when the error of an inner group was caught", () => {
  const builder = new PlanBuilder();
  const t = builder.planner({});
  t.parallel((p) => {
    assertThrows(
      () =>
        p.sequence(() => {
          throw new Error("x");
        }),
      Error,
      "x",
    );
    assertThrows(() => p.do(send), TypeError, " sequence 1.1 ");
  });
  assertThrows(() => builder.seal(undefined), TypeError, " sequence 1.1 ");
});

Deno.test("parallel() refuses an async callback", async () => {
  const builder = new PlanBuilder();
  const t = builder.planner({});
  let late: unknown;
  assertThrows(
    () =>
      // @ts-expect-error: it is async
      t.parallel(async (p) => {
        p.do(send);
        await Promise.resolve();
        try {
          p.do(send);
        } catch (error) {
          late = error;
          throw error;
        }
      }),
    TypeError,
    " async ",
  );
  // The callback continues, and nothing catches what it throws.
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  assertEquals(late instanceof TypeError, true);
  assertThrows(() => builder.seal(undefined), TypeError);
});

Deno.test("seal() refuses in the callback of a group", () => {
  const builder = new PlanBuilder();
  builder.planner({}).parallel(() =>
    void assertThrows(() => builder.seal(undefined), TypeError, " parallel group 1: ")
  );
});

Deno.test("parallel() and sequence() refuse what plain JavaScript may pass, and add nothing", () => {
  const refusals: readonly (readonly [string, string])[] = [
    ['{"limit":0}', '"limit" of a parallel group is a whole number from 1 to 10000000, not 0'],
    ['{"limit":1.5}', "not 1.5"],
    ['{"limit":"3"}', "not a value of type string"],
    ['{"limit":null}', "not a value of type object"],
    ['{"limits":3}', '"limits" of a parallel group: '],
    ['{"name":"2nd"}', ' parallel group "2nd"'],
    ["null", " of a parallel group "],
  ];
  const plan = planned((t) => {
    for (const [options, message] of refusals) {
      assertThrows(() => t.parallel(() => {}, JSON.parse(options)), Error, message);
    }
    assertThrows(
      () => t.sequence(() => {}, JSON.parse('{"limit":3}')),
      TypeError,
      '"limit" of a sequence: ',
    );
    assertThrows(
      () => t.parallel(JSON.parse("1")),
      TypeError,
      " parallel group 1: ",
    );
    assertThrows(() => t.sequence(JSON.parse("1")), TypeError, " sequence 1: ");
    t.do(send);
  });
  assertEquals(outline(plan), ["1 step"]);
});

Deno.test("names are those of one plan, whatever they name", () => {
  planned((t) => {
    t.do(send).with({ name: "a" });
    t.parallel((p) => void p.do(send).with({ name: "b" }), { name: "c" });
    t.sleep(1, { name: "d" });
    t.waitFor("go", { name: "e" });
    for (const name of ["a", "b", "c", "d", "e"]) {
      const message = ` "${name}" twice `;
      assertThrows(() => t.do(send).with({ name }), TypeError, message);
      assertThrows(() => t.sequence(() => {}, { name }), TypeError, message);
      assertThrows(() => t.sleep(1, { name }), TypeError, message);
      assertThrows(() => t.waitFor("go", { name }), TypeError, message);
    }
  });
});

Deno.test("groups cannot be nested without end", () => {
  const nest = (p: Planner): void => p.sequence(nest);
  assertThrows(() => planned(nest), RangeError, " nested ");
});
