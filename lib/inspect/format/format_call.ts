import { readArguments } from "../../journal/stored_value.ts";
import type { PlanNode, StepNode } from "../../plan/node.ts";
import { findStep, type State } from "../../state/state.ts";
import { escapeForTerminal } from "../../text/escape.ts";
import type { Placeholder } from "../../values/json.ts";
import type { Redact } from "../redact/redact_secrets.ts";
import { formatDuration, formatTime } from "./format_time.ts";
import { cutText, formatArguments } from "./format_value.ts";

const IDENTIFIER = /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u;
const MAX_NAME = 100;

/**
 * Shows a node of the plan on one line, much like the code that planned it: `state.greeting = readFile("/tmp/a")`. Escaped.
 *
 * @param redact Hides what must not be shown in its arguments.
 */
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

/** Names the value of a step: by the step's name if it has one, by its id otherwise. */
function placeOf(id: string, name: string | undefined): string {
  return name === undefined ? `state[${id}]` : `state.${name}`;
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
  const text = formatArguments(encoded, { showPlaceholder: (placeholder) => formatPlaceholder(placeholder, nameOf) });
  return `${escapeForTerminal(cutText(functionName(state, node), MAX_NAME))}(${text})`;
}

/** A default export goes by its module's name, as in an import. */
function functionName(state: State, node: StepNode): string {
  if (node.export !== "default") return node.export;
  const url = state.modules[node.module]?.url ?? "";
  return /([^/]+?)(?:\.[a-z]+)?$/.exec(url)?.[1] ?? node.export;
}

/**
 * Shows what stands for the value of another step, or for a variable of the environment. Not escaped.
 *
 * @param nameOf Finds the author's name for a step.
 */
export function formatPlaceholder(placeholder: Placeholder, nameOf: (id: string) => string | undefined): string {
  if (placeholder.kind === "env") return `env.${placeholder.name}`;
  const { step, path } = placeholder;
  return placeOf(step, nameOf(step)) + path.map(formatKey).join("");
}

function formatKey(key: string): string {
  if (IDENTIFIER.test(key)) return `.${key}`;
  return /^\d+$/.test(key) ? `[${key}]` : `[${JSON.stringify(key)}]`;
}
