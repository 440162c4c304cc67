import { assertEquals } from "@std/assert";
import { viewJournal } from "../../../lib/inspect/data/view_journal.ts";
import { renderGraph } from "../../../lib/inspect/graph/render_graph.ts";
import { redactSecrets } from "../../../lib/inspect/redact/redact_secrets.ts";
import type { Event } from "../../../lib/journal/event.ts";
import type { PlanNode } from "../../../lib/plan/node.ts";
import { JOURNAL, planEvents, stepNode, storeOf } from "../sample_journal.ts";

async function graph(nodes: readonly PlanNode[], ...records: readonly (readonly Event[])[]): Promise<string[]> {
  const { selected } = await viewJournal(await storeOf([planEvents(nodes), ...records]), JOURNAL, {
    all: false,
    redact: redactSecrets,
  });
  return renderGraph(selected).split("\n").filter((line) => !line.includes("classDef"));
}

Deno.test("renderGraph() draws steps in order, branches in a box, and a returned plan behind its step", async () => {
  const lines = await graph(
    [
      stepNode("1"),
      { id: "2", kind: "parallel", limit: 2 },
      stepNode("2.1"),
      { id: "2.2", kind: "sequence" },
      ...[
        stepNode("2.2.1"),
        stepNode("2.2.2"),
      ],
      { id: "3", kind: "sequence" },
      stepNode("4"),
    ],
    [{ type: "started", step: "1", attempt: 1, run: 1 }],
    [
      { type: "expanded", step: "1", nodes: [stepNode("1.1")] },
      { type: "finished", step: "1", attempt: 1, ms: 1, expands: 1 },
    ],
  );
  assertEquals(lines, [
    "flowchart TD",
    '  n1["1 move()<br/>started"]',
    "  class n1 started",
    '  subgraph n1_plan ["plan of step 1: 1 pending"]',
    "    direction TB",
    '    n1_1["1.1 move()<br/>pending"]',
    "    class n1_1 pending",
    "  end",
    "  n1 --> n1_plan",
    '  subgraph n2 ["2 parallel, at most 2 at a time"]',
    "    direction TB",
    '    n2_1["2.1 move()<br/>pending"]',
    "    class n2_1 pending",
    '    subgraph n2_2 ["2.2 sequence"]',
    "      direction TB",
    '      n2_2_1["2.2.1 move()<br/>pending"]',
    "      class n2_2_1 pending",
    '      n2_2_2["2.2.2 move()<br/>pending"]',
    "      class n2_2_2 pending",
    "      n2_2_1 --> n2_2_2",
    "    end",
    "  end",
    "  n1_plan --> n2",
    '  n3["3 sequence<br/>pending"]',
    "  class n3 pending",
    "  n2 --> n3",
    '  n4["4 move()<br/>pending"]',
    "  class n4 pending",
    "  n3 --> n4",
    "",
  ]);
});

Deno.test("renderGraph() makes of a stranger's text nothing but text", async () => {
  const evil = '"]; click n1 href "javascript:alert(1)"\n%%{init}%% <b>`*_end_*`</b> #quot; \u202e ü';
  const [, node = ""] = await graph([stepNode("1", { export: evil })]);
  const label = /^ {2}n1\["(.*)<br\/>pending"\]$/.exec(node)?.[1] ?? "";
  assertEquals(/[^\p{L}\p{N} .,:()/#;«»…-]/u.test(label), false, label);
  const read = label.replaceAll(/#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
  assertEquals(read.slice(0, 60), `1 ${evil.replace("\n", "\\n")}`.slice(0, 60));
});

Deno.test("renderGraph() sums a long plan up, and says what colours mean only of statuses that are there", async () => {
  const nodes = Array.from({ length: 1000 }, (_, index) => stepNode(String(index + 1)));
  const { selected } = await viewJournal(await storeOf([planEvents(nodes)]), JOURNAL, {
    all: false,
    redact: redactSecrets,
  });
  const lines = renderGraph(selected).split("\n");
  assertEquals(lines.filter((line) => line.includes("gap1[")), ['  gap1["… 986 steps pending …"]']);
  assertEquals(lines.filter((line) => line.includes("classDef")).map((line) => line.trim().split(" ")[1]), [
    "pending",
    "gap",
  ]);
});
