import { assertEquals } from "@std/assert";
import type { PlanNode } from "../../../lib/plan/node.ts";
import { cutNodes } from "../../../lib/run/call/plan_nodes.ts";

function step(id: number, text = ""): PlanNode {
  return { id: String(id), kind: "step", module: 0, export: "send", args: [text] };
}

Deno.test("cutNodes() makes one part of a small plan, and of an empty one", () => {
  const nodes: readonly PlanNode[] = [step(1), { id: "2", kind: "sleep", ms: 1 }];
  assertEquals(cutNodes(nodes), [nodes]);
  assertEquals(cutNodes([]), [[]]);
});

Deno.test("cutNodes() cuts after 5000 nodes and before a million characters", () => {
  const many = Array.from({ length: 10_001 }, (_, index): PlanNode => ({ id: String(index + 1), kind: "parallel" }));
  assertEquals(cutNodes(many).map((part) => part.length), [5000, 5000, 1]);
  assertEquals(cutNodes(many).flat(), many);
  const text = "x".repeat(400_000);
  const large = [step(1, text), step(2, text), step(3, text), step(4, text.repeat(4)), step(5)];
  assertEquals(cutNodes(large).map((part) => part.map(({ id }) => id)), [["1", "2"], ["3"], ["4"], ["5"]]);
});
