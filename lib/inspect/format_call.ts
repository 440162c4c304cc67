import type { PlanNode, StepNode } from "../plan/node.ts";
import type { State } from "../state/state.ts";
import { escapeForTerminal } from "../values/escape_for_terminal.ts";
import type { Encoded } from "../values/json.ts";
import type { Placeholder } from "../values/placeholder.ts";
import { cutText } from "./format_parts.ts";
import { formatArguments } from "./format_value.ts";

const IDENTIFIER = /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u;
const MAX_NAME = 100;

/** Shows a node of the plan on one line, much like the code that planned it: `state.greeting = readFile("/tmp/a")`. */
export function formatCall(state: State, node: PlanNode, options: { readonly isReferenced: boolean }): string {
  switch (node.kind) {
    case "step":
      return stateName(node, options.isReferenced) + formatStep(state, node);
    case "sleep":
      return node.ms === undefined ? `sleep until ${escapeForTerminal(node.until ?? "")}` : `sleep ${node.ms} ms`;
    case "wait":
      return `${stateName(node, options.isReferenced)}wait for ${escapeForTerminal(JSON.stringify(node.signal))}`;
    case "parallel":
    case "sequence":
      return node.limit === undefined ? node.kind : `${node.kind}, at most ${node.limit} at a time`;
    default:
      return node satisfies never;
  }
}

/** Names the value of a step: by the step's name if it has one, by its id otherwise. */
function placeOf(id: string, name: string | undefined): string {
  return name === undefined ? `state[${id}]` : `state.${name}`;
}

function stateName(node: PlanNode, isReferenced: boolean): string {
  if (node.name === undefined && !isReferenced) return "";
  return `${escapeForTerminal(cutText(placeOf(node.id, node.name), MAX_NAME))} = `;
}

function formatStep(state: State, node: StepNode): string {
  const { args, argsMeta } = node;
  const encoded: Encoded = {
    ...(args === undefined ? {} : { value: args }),
    ...(argsMeta === undefined ? {} : { meta: argsMeta }),
  };
  const text = formatArguments(encoded, { showPlaceholder: (placeholder) => showPlaceholder(state, placeholder) });
  return `${escapeForTerminal(cutText(functionName(state, node), MAX_NAME))}(${text})`;
}

/** A default export goes by its module's name, as in an import. */
function functionName(state: State, node: StepNode): string {
  if (node.export !== "default") return node.export;
  const url = state.modules[node.module]?.url ?? "";
  return /([^/]+?)(?:\.[a-z]+)?$/.exec(url)?.[1] ?? node.export;
}

function showPlaceholder(state: State, placeholder: Placeholder): string {
  if (placeholder.kind === "env") return `env.${placeholder.name}`;
  const { step, path } = placeholder;
  const name = state.steps[state.positions.get(step) ?? -1]?.node.name;
  return placeOf(step, name) + path.map(formatKey).join("");
}

function formatKey(key: string): string {
  if (IDENTIFIER.test(key)) return `.${key}`;
  return /^\d+$/.test(key) ? `[${key}]` : `[${JSON.stringify(key)}]`;
}
