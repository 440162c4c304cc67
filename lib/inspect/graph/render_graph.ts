import { isGroup } from "../../plan/node.ts";
import { cutText, escapeForTerminal } from "../../text/escape.ts";
import type { InspectedStep } from "../data/inspected_step.ts";
import { growStepTree, type Selected, type StepBranch } from "../data/select_steps.ts";
import { formatCounts, formatLeftOut } from "../format/format_counts.ts";

const MAX_LABEL = 80;
/** Any other character could mean something to Mermaid, or be Markdown or HTML in a label. */
const SPECIAL = /[^\p{L}\p{N} .,:()/«»…-]/gu;
const CLASSES: Readonly<Record<InspectedStep["status"] | "gap", string>> = {
  pending: "fill:#eef0f2,stroke:#8b949e,color:#1d2329",
  started: "fill:#dcebfa,stroke:#125a9c,color:#1d2329",
  finished: "fill:#dff3e5,stroke:#17713a,color:#1d2329",
  failed: "fill:#fbe3e1,stroke:#a8201a,color:#1d2329,stroke-width:3px",
  unknown: "fill:#faedcc,stroke:#875a00,color:#1d2329,stroke-dasharray:6 4",
  skipped: "fill:#faedcc,stroke:#875a00,color:#1d2329",
  waiting: "fill:#dcebfa,stroke:#125a9c,color:#1d2329,stroke-dasharray:2 3",
  undone: "fill:#eef0f2,stroke:#8b949e,color:#1d2329,stroke-dasharray:6 4",
  gap: "fill:#ffffff,stroke:#8b949e,color:#58616b,stroke-dasharray:1 4",
};

/** Draws a plan as a flowchart for Mermaid. A journal's text occurs only in labels. */
export function renderGraph(selected: readonly Selected<InspectedStep>[]): string {
  const graph: Graph = { lines: [], gaps: 0 };
  addChain(growStepTree(selected), graph, "  ", true);
  const used = new Set(graph.lines.flatMap((line) => / class \S+ (\w+)$/.exec(line)?.[1] ?? []));
  const classes = Object.entries(CLASSES).filter(([name]) => used.has(name));
  return [
    "flowchart TD",
    ...graph.lines,
    ...classes.map(([name, style]) => `  classDef ${name} ${style}`),
    "",
  ].join("\n");
}

interface Graph {
  readonly lines: string[];
  gaps: number;
}

/** The first and the last node of what was drawn: arrows enter at the one and leave at the other. */
type Ends = readonly [first: string, last: string];

/** Adds branches in a row. Arrows join them if they run in order. */
function addChain(branches: readonly StepBranch[], graph: Graph, indent: string, isOrdered: boolean): void {
  let previous: string | undefined;
  for (const branch of branches) {
    const [first, last] = addBranch(branch, graph, indent);
    if (isOrdered && previous !== undefined) graph.lines.push(`${indent}${previous} --> ${first}`);
    previous = last;
  }
}

function addBranch(branch: StepBranch, graph: Graph, indent: string): Ends {
  const { lines } = graph;
  const addNode = (id: string, label: string, className: string): Ends => {
    lines.push(`${indent}${id}["${label}"]`, `${indent}class ${id} ${className}`);
    return [id, id];
  };
  if (branch.kind === "gap") {
    graph.gaps += 1;
    return addNode(`gap${graph.gaps}`, escapeLabel(`… ${formatLeftOut(branch.counts)} …`), "gap");
  }
  const { step, inside } = branch;
  const id = `n${step.id.replaceAll(".", "_")}`;
  const label = escapeLabel(`${step.id} ${step.call}`);
  const addBox = (box: string, title: string): Ends => {
    lines.push(`${indent}subgraph ${box} ["${title}"]`, `${indent}  direction TB`);
    addChain(inside, graph, `${indent}  `, step.kind !== "parallel");
    lines.push(`${indent}end`);
    return [box, box];
  };
  if (isGroup(step) && inside.length > 0) return addBox(id, label);
  addNode(id, `${label}<br/>${step.status}`, step.status);
  if (inside.length === 0) return [id, id];
  const [plan] = addBox(`${id}_plan`, escapeLabel(`plan of step ${step.id}: ${formatCounts(step.within ?? {})}`));
  lines.push(`${indent}${id} --> ${plan}`);
  return [id, plan];
}

/** A character can be written as its number, which means nothing but that character. */
function escapeLabel(text: string): string {
  return cutText(escapeForTerminal(text), MAX_LABEL).replace(SPECIAL, (character) => `#${character.codePointAt(0)};`);
}
