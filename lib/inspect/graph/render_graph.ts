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

/**
 * Draws a plan as a flowchart for Mermaid: steps with their statuses, groups and returned plans as boxes around what is in
 * them. A journal's text occurs only in labels.
 */
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

/** Adds branches in a row. Arrows join them if they run in order. */
function addChain(branches: readonly StepBranch[], graph: Graph, indent: string, isOrdered: boolean): void {
  let previous: string | undefined;
  for (const branch of branches) {
    const { first, last } = addBranch(branch, graph, indent);
    if (isOrdered && previous !== undefined) graph.lines.push(`${indent}${previous} --> ${first}`);
    previous = last;
  }
}

/** Adds a node or a box. Arrows enter at its first part and leave at its last. */
function addBranch(
  branch: StepBranch,
  graph: Graph,
  indent: string,
): { readonly first: string; readonly last: string } {
  if (branch.kind === "gap") {
    graph.gaps += 1;
    const id = `gap${graph.gaps}`;
    addNode(graph, indent, { id, label: `… ${formatLeftOut(branch.counts)} …`, className: "gap" });
    return { first: id, last: id };
  }
  const { step, inside } = branch;
  const id = `n${step.id.replaceAll(".", "_")}`;
  if (isGroup(step) && inside.length > 0) {
    addBox(graph, indent, { id, label: `${step.id} ${step.call}`, step, inside });
    return { first: id, last: id };
  }
  addNode(graph, indent, { id, label: `${step.id} ${step.call}`, note: step.status, className: step.status });
  if (inside.length === 0) return { first: id, last: id };
  const plan = `${id}_plan`;
  addBox(graph, indent, {
    id: plan,
    label: `plan of step ${step.id}: ${formatCounts(step.within ?? {})}`,
    step,
    inside,
  });
  graph.lines.push(`${indent}${id} --> ${plan}`);
  return { first: id, last: plan };
}

interface Node {
  readonly id: string;
  readonly label: string;
  readonly note?: string;
  readonly className: string;
}

function addNode(graph: Graph, indent: string, { id, label, note, className }: Node): void {
  graph.lines.push(`${indent}${id}["${escapeLabel(label)}${note === undefined ? "" : `<br/>${note}`}"]`);
  graph.lines.push(`${indent}class ${id} ${className}`);
}

interface Box {
  readonly id: string;
  readonly label: string;
  readonly step: InspectedStep;
  readonly inside: readonly StepBranch[];
}

function addBox(graph: Graph, indent: string, { id, label, step, inside }: Box): void {
  graph.lines.push(`${indent}subgraph ${id} ["${escapeLabel(label)}"]`);
  graph.lines.push(`${indent}  direction TB`);
  addChain(inside, graph, `${indent}  `, step.kind !== "parallel");
  graph.lines.push(`${indent}end`);
}

/** A character can be written as its number, which means nothing but that character. */
function escapeLabel(text: string): string {
  return cutText(escapeForTerminal(text), MAX_LABEL).replace(SPECIAL, (character) => `#${character.codePointAt(0)};`);
}
