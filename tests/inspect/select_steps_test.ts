import { assertEquals } from "@std/assert";
import { selectSteps, type WithStatus } from "../../lib/inspect/select_steps.ts";

/** The selection as text: a status letter per step, the length of each gap in brackets. */
function select(statuses: readonly WithStatus["status"][], all = false): string {
  return selectSteps(statuses.map((status) => ({ status })), { all })
    .map((entry) => (entry.kind === "gap" ? `[${entry.steps.length}]` : entry.step.status.charAt(0))).join("");
}

function repeat(status: WithStatus["status"], times: number): WithStatus["status"][] {
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
