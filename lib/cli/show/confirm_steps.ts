import { formatCall } from "../../inspect/format/format_call.ts";
import { redactSecrets } from "../../inspect/redact/redact_secrets.ts";
import type { State } from "../../state/state.ts";
import type { StepState } from "../../state/step_state.ts";
import { escapeForTerminal, squeezeBlanks } from "../../text/escape.ts";
import { type CommandIo, writeLines } from "../frame/command.ts";

const MAX_LISTED = 40;

export function listSteps(state: State, steps: readonly StepState[]): readonly string[] {
  const rows = steps.slice(0, MAX_LISTED).map((step) =>
    `  ${step.node.id}  ${squeezeBlanks(formatCall(state, step.node, redactSecrets))}   ${statusOf(step)}`
  );
  return steps.length > MAX_LISTED ? [...rows, `  … and ${steps.length - MAX_LISTED} more`] : rows;
}

/** The steps and statuses that a person has seen, to notice whether the transaction has changed since. */
export function seenSteps(steps: readonly StepState[]): string {
  return steps.map((step) => `${step.node.id} ${statusOf(step)}`).join();
}

/** When a decision is recorded, a step that was running when its process died is already unknown. */
function statusOf({ status }: StepState): string {
  return status === "started" ? "unknown" : status;
}

/** Asks a question, the last of these lines, that is answered with yes or no. Without an answer, it is no, and that is said. */
export async function confirm(io: CommandIo, lines: readonly string[], otherwise: string): Promise<boolean> {
  const question = lines.map(escapeForTerminal).join("\n");
  if (/^y(es)?$/i.test(await io.ask?.(`${question} [y/N] `) ?? "")) return true;
  writeLines(io, [otherwise]);
  return false;
}
