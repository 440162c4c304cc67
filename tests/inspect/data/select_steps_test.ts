import { assertEquals } from "@std/assert";
import { type SelectedLook, selectSteps } from "../../../lib/inspect/data/select_steps.ts";
import { doneOf } from "../../../lib/state/progress.ts";

type Status = SelectedLook["status"];

/** The selection as text: a status letter per step, the length of each gap in brackets. */
function select(statuses: readonly Status[], all = false): string {
  const look = (status: Status) => ({ status, depth: 0, kind: "step" } as const);
  return selectSteps(statuses, { all, look })
    .map((entry) => (entry.kind === "gap" ? `[${doneOf(entry.counts).all}]` : entry.step.charAt(0))).join("");
}

function repeat(status: Status, times: number): Status[] {
  return Array(times).fill(status);
}

Deno.test("selectSteps() leaves a plan of up to 60 steps whole", () => {
  assertEquals(select(repeat("finished", 60)), "f".repeat(60));
});

Deno.test("selectSteps() shows ten steps on either side of one that failed, and both ends", () => {
  const statuses = [...repeat("finished", 500), "failed" as const, ...repeat("pending", 499)];
  assertEquals(select(statuses), `fff[487]${"f".repeat(11)}${"p".repeat(10)}[486]ppp`);
  assertEquals(select(statuses, true).length, 1000);
});

Deno.test("selectSteps() shows where a run will go on", () => {
  const statuses = [...repeat("finished", 90), ...repeat("pending", 10)];
  assertEquals(select(statuses), `fff[77]${"f".repeat(10)}${"p".repeat(10)}`);
});

Deno.test("selectSteps() shows both ends alone of what is all done", () => {
  assertEquals(select(repeat("finished", 100_000)), "fff[99994]fff");
});

Deno.test("selectSteps() shows what a step is in that matters", () => {
  const nodes = [
    { id: "1", kind: "sequence" as const },
    ...Array.from({ length: 100 }, (_, index) => ({ id: `1.${index + 1}`, kind: "step" as const })),
    { id: "2", kind: "sequence" as const },
    { id: "2.1", kind: "sequence" as const },
    ...Array.from({ length: 100 }, (_, index) => ({ id: `2.1.${index + 1}`, kind: "step" as const })),
  ];
  const selected = selectSteps(nodes, {
    all: false,
    look: ({ id, kind }) => ({
      status: id === "2.1.50" ? "failed" : "finished",
      depth: id.split(".").length - 1,
      kind,
    }),
  });
  assertEquals(
    selected.map((entry) => (entry.kind === "gap" ? `[${entry.counts.finished}]` : entry.step.id)),
    [
      ...["1", "1.1", "1.2", "[98]", "2", "2.1", "[39]"],
      ...Array.from({ length: 21 }, (_, index) => `2.1.${index + 40}`),
      ...["[37]", "2.1.98", "2.1.99", "2.1.100"],
    ],
  );
});
