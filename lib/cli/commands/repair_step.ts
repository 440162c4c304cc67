import { formatCall } from "../../inspect/format/format_call.ts";
import { redactSecrets } from "../../inspect/redact/redact_secrets.ts";
import { nextLines } from "../../errors/journal_error.ts";
import { resumeCommand } from "../../messages/next_commands.ts";
import type { DecisionRequest } from "../../run/options/transaction_options.ts";
import { findStep, type State } from "../../state/state.ts";
import type { Store } from "../../storage/store.ts";
import { type Command, type CommandIo, type CommandRequest, writeLines } from "../frame/command.ts";
import { readReason } from "../frame/decision_options.ts";
import { EXIT, WRITE_CODES } from "../frame/exit_code.ts";
import { JOURNAL, readOwnJournal, STEP } from "../frame/journal_argument.ts";

export const REPAIR: Pick<Command, "permissions" | "arguments" | "exitCodes"> = {
  permissions: "-A",
  arguments: [JOURNAL, STEP],
  exitCodes: [
    [EXIT.finished, "the decision is recorded; or you answered no and nothing was changed"],
    [EXIT.usage, "wrong usage, or a decision that is not allowed; the journal is unchanged"],
    ...WRITE_CODES,
  ],
};

export const REPAIR_NOTE =
  "This command runs nothing and imports nothing. It records the decision in the journal, with who decided, when " +
  "and why. The next resume follows it. While a process is running the transaction, no decision can be recorded.";

export interface RepairCall {
  readonly store: Store;
  readonly journal: string;
  readonly reason: Pick<DecisionRequest, "by" | "why">;
}

export interface Repaired {
  readonly state: State;
  /** What was decided, one line each. */
  readonly lines: readonly string[];
}

/** Records a decision and says so, with what to type next. A repair that returns nothing has changed nothing. */
export async function repairStep(
  request: CommandRequest,
  io: CommandIo,
  repair: (call: RepairCall) => Promise<Repaired | undefined>,
): Promise<number> {
  const { store, name: journal } = await readOwnJournal(request, io);
  const repaired = await repair({ store, journal, reason: readReason(request, io) });
  if (repaired === undefined) return EXIT.finished;
  const { state, lines } = repaired;
  writeLines(io, [...lines, ...nextLines([resumeCommand(state, journal)])]);
  return EXIT.finished;
}

/** Shows the call of a step, redacted, and which steps' values replace refs: a reader does not find the refs there. */
export function callLines(state: State, step: string, inlined: readonly string[] = []): readonly string[] {
  const node = findStep(state, step)?.node;
  const call = node === undefined ? [] : [`  ${formatCall(state, node, redactSecrets)}`];
  if (inlined.length === 0) return call;
  const of = inlined.length === 1 ? `step ${inlined[0]}` : `steps ${inlined.join(", ")}`;
  return [...call, `The arguments contain the value of ${of} itself: no step referred to it when it was recorded`];
}
