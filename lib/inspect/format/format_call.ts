import { readArguments } from "../../journal/stored_value.ts";
import type { PlanNode, StepNode } from "../../plan/node.ts";
import { findStep, type State } from "../../state/state.ts";
import { cutText, escapeForTerminal } from "../../text/escape.ts";
import type { Redact } from "../redact/redact_secrets.ts";
import { formatDuration, formatTime } from "../../text/format_time.ts";
import { formatArguments, placeOf } from "./format_value.ts";

const MAX_NAME = 100;

/** Shows a node of the plan on one line, like the code that planned it: `state.greeting = readFile("/tmp/a")`. Escaped. */
export function formatCall(state: State, node: PlanNode, redact: Redact): string {
  switch (node.kind) {
    case "step":
      return stateName(state, node) + formatStep(state, node, redact);
    case "sleep":
      return label(node) +
        (node.ms === undefined
          ? `sleep until ${escapeForTerminal(formatTime(node.until ?? ""))}`
          : `sleep ${formatDuration(node.ms)}`);
    case "wait":
      return `${stateName(state, node)}wait for ${escapeForTerminal(JSON.stringify(node.signal))}`;
    case "parallel":
    case "sequence":
      return label(node) + (node.limit === undefined ? node.kind : `${node.kind}, at most ${node.limit} at a time`);
    default:
      return node satisfies never;
  }
}

/** The name of what has no value. */
function label({ name }: PlanNode): string {
  return name === undefined ? "" : `${escapeForTerminal(cutText(name, MAX_NAME))}: `;
}

function stateName({ referenced }: State, node: PlanNode): string {
  if (node.name === undefined && !referenced.has(node.id)) return "";
  return `${escapeForTerminal(cutText(placeOf(node.id, node.name), MAX_NAME))} = `;
}

function formatStep(state: State, node: StepNode, redact: Redact): string {
  const encoded = redact(readArguments(node));
  const nameOf = (id: string) => findStep(state, id)?.node.name;
  const text = formatArguments(encoded, nameOf);
  return `${escapeForTerminal(cutText(functionName(state, node), MAX_NAME))}(${text})`;
}

/** A default export is called by its module's name, as in an import. */
function functionName(state: State, node: StepNode): string {
  if (node.export !== "default") return node.export;
  const url = state.modules[node.module]?.url ?? "";
  return url.slice(url.lastIndexOf("/") + 1).replace(/(?<=[^])\.[a-z]+$/, "") || node.export;
}
