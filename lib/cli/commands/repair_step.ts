import { commandLine } from "../../messages/command_line.ts";
import { describeStep } from "../../messages/describe_step.ts";
import { findStep, type State } from "../../state/state.ts";
import type { StepState } from "../../state/step_state.ts";
import { escapeForTerminal } from "../../text/escape.ts";
import type { Command, CommandArgument, CommandIo, CommandRequest } from "../frame/command.ts";
import { EXIT } from "../frame/exit_code.ts";
import { readJournalArgument } from "../frame/read_arguments.ts";
import { readReason } from "../frame/reason_options.ts";
import { requirePermission } from "../frame/require_permission.ts";

/** What a repair is asked for with. */
export interface RepairCall {
  /** The journal. */
  readonly journal: string;
  /** Who decides, if that is known. */
  readonly by?: string;
  /** Why. */
  readonly why?: string;
}

/** What a repair has come to. */
export interface Repaired {
  /** What is true now. */
  readonly state: State;
  /** What was decided, one line each. */
  readonly lines: readonly string[];
}

/** The arguments that nearly all repairs begin with. */
export const STEP_ARGUMENTS: readonly CommandArgument[] = [
  { name: "JOURNAL", summary: "path or file: URL of the journal", completion: "journal" },
  { name: "STEP", summary: "number or name of the step, as inspect shows it", completion: [] },
];

/** What is to be known of all repairs. */
export const REPAIR_NOTE =
  "Runs nothing and imports nothing: the decision is written into the journal with who, when " +
  "and why, and resume goes by it. While a process runs the transaction, nothing can be decided.";

/** The exit codes of all repairs. */
export const REPAIR_CODES: Command["exitCodes"] = [
  [EXIT.finished, "decided, and written down; or nothing was, as its question was answered"],
  [EXIT.usage, "called in a way that makes no sense, or it cannot be decided; the journal is as it was"],
  [EXIT.damaged, "the journal is damaged, incomplete or too new"],
  [EXIT.notFound, "no such journal"],
  [EXIT.ioError, "the journal's disk failed or is full"],
  [EXIT.locked, "a process runs it"],
  [EXIT.refused, "refused: a permission, a module, or where the journal lies"],
];

/** Has a decision written down and says so, with what to type next. */
export async function repairStep(
  request: CommandRequest,
  io: CommandIo,
  repair: (call: RepairCall) => Promise<Repaired | undefined>,
): Promise<number> {
  const journal = readJournalArgument(request);
  requirePermission(journal, "write");
  const repaired = await repair({ journal, ...readReason(request, io) });
  if (repaired === undefined) return EXIT.finished;
  const { state, lines } = repaired;
  const next = [
    state.rollback === undefined ? "Run the rest" : "Undo the rest",
    `  ${commandLine(state.library, "resume", journal)}`,
  ];
  for (const line of [...lines, ...next]) io.writeError(`${escapeForTerminal(line)}\n`);
  return EXIT.finished;
}

/** Says what a decision means for a step. In a rollback it means what the question about the step said. */
export function describeDecision(state: State, step: string, text: string): string {
  const decided = state.rollback === undefined ? undefined : findStep(state, step);
  return `${describeStep(state, step)} ${decided === undefined ? text : describeInRollback(decided)}`;
}

function describeInRollback({ status, marks }: StepState): string {
  if (marks?.undo === "begun") return "will be undone";
  if (marks?.undo === "left") return "is not undone: its effect stays";
  if (status === "undone") return "counts as undone";
  return status === "skipped" ? "counts as not done: there is nothing to undo" : "did happen, and will be undone";
}

/** The value of an option that is given at most once. */
export function textOption({ values }: CommandRequest, name: string): string | undefined {
  return values.find((option) => option.name === name)?.value;
}
