import { DecisionRefused } from "../../errors/decision_errors.ts";
import { formatCall } from "../../inspect/format/format_call.ts";
import { redactSecrets } from "../../inspect/redact/redact_secrets.ts";
import { describeStep } from "../../messages/describe_step.ts";
import { decideJournal } from "../../run/amend/decide_journal.ts";
import { readState } from "../../run/start/read_state.ts";
import { checkDecision } from "../../state/check_decision.ts";
import { rewoundSteps } from "../../state/rewind.ts";
import { mayHaveHappened } from "../../state/rollback.ts";
import { findStep, type State } from "../../state/state.ts";
import type { StepState } from "../../state/step_state.ts";
import { hasHappened } from "../../state/walk_steps.ts";
import { FileStore } from "../../storage/file/file_store.ts";
import { escapeForTerminal } from "../../text/escape.ts";
import { type Command, type CommandIo, type CommandRequest, UsageError } from "../frame/command.ts";
import { REASON_OPTIONS } from "../frame/reason_options.ts";
import {
  REPAIR_CODES,
  REPAIR_NOTE,
  type RepairCall,
  type Repaired,
  repairStep,
  STEP_ARGUMENTS,
} from "./repair_step.ts";

/** So many steps are listed at most. */
const MAX_LISTED = 40;

/** `rewind`: runs again from a step on. */
export const rewindCommand: Command = {
  name: "rewind",
  summary: "Has a step and all behind it run again, also what has happened",
  details: [
    "What these steps have done is not undone: it is done once more, with other idempotency keys. Their values, and what " +
    "was decided about them, count no more; other arguments that they were given stay. Of a plan that a step has " +
    "returned nothing is left, and the step returns a new one. A wait takes the next signal. It cannot be taken back.",
    "A later rollback undoes only what they do from now on: what they did before stays, even if they have an undo function. " +
    "It is named then, and --strict refuses because of it.",
    "Shows what has happened and will happen again, and asks on a terminal. Elsewhere it needs --yes.",
    REPAIR_NOTE,
  ],
  permissions: "-A",
  arguments: STEP_ARGUMENTS,
  options: [...REASON_OPTIONS, { name: "yes", summary: "does not ask" }],
  exitCodes: REPAIR_CODES,
  examples: [{
    words: 'rewind welcome.json 3 --why "the server was restored from yesterday\'s copy"',
    what: "has resume run step 3 and all behind it once more",
  }],
  run: rewind,
};

function rewind(request: CommandRequest, io: CommandIo): Promise<number> {
  return repairStep(request, io, (call) => rewindJournal(call, request, io));
}

async function rewindJournal(
  { journal, ...reason }: RepairCall,
  { arguments: [, word = ""], flags }: CommandRequest,
  io: CommandIo,
): Promise<Repaired | undefined> {
  const store = new FileStore();
  const before = await readState(store, journal);
  const id = before.names.get(word) ?? word;
  const refusal = checkDecision(before, { type: "decided", decision: "rewind", step: id });
  const refuse = (why: string) => new DecisionRefused(journal, id, `Cannot rewind to step ${word}: ${why}`);
  if (refusal !== undefined) throw refuse(refusal);
  const begun = begunSteps(before, id);
  const lines = begun.length === 0 ? [] : describeBegun(before, begun);
  for (const line of lines) io.writeError(`${escapeForTerminal(line)}\n`);
  if (begun.length > 0 && !flags.has("yes") && !await confirm(io)) return undefined;
  const shown = idsOf(begun);
  const { state, step } = await decideJournal(store, journal, { step: id, decision: "rewind", ...reason }, (now) => {
    if (idsOf(begunSteps(now, id)) !== shown) throw refuse("meanwhile something else has happened. Look again");
  });
  return { state, lines: [`${describeStep(state, step)} and all behind it will run again`] };
}

/** What has happened, or may have, or was tried. */
function begunSteps(state: State, id: string): readonly StepState[] {
  const from = findStep(state, id);
  if (from === undefined) return [];
  return rewoundSteps(state, from).filter((step) => hasHappened(step) || step.status === "failed");
}

function idsOf(steps: readonly StepState[]): string {
  // Whoever decides finds a step that was at work when its process died as one that nobody knows the end of.
  return steps.map(({ node, status }) => `${node.id} ${status === "started" ? "unknown" : status}`).join();
}

function describeBegun(state: State, begun: readonly StepState[]): readonly string[] {
  const rows = begun.slice(0, MAX_LISTED).map(({ node, status }) => {
    const call = formatCall(state, node, { isReferenced: state.referenced.has(node.id), redact: redactSecrets });
    return `  ${node.id}  ${call}   ${status === "started" ? "unknown" : status}`;
  });
  const more = begun.length > MAX_LISTED ? [`  … and ${begun.length - MAX_LISTED} more`] : [];
  const past = begun.some(mayHaveHappened) ? ["No rollback will undo what it has done so far"] : [];
  return ["This has happened, or may have, and would happen again", ...rows, ...more, ...past];
}

async function confirm(io: CommandIo): Promise<boolean> {
  if (io.ask === undefined) throw new UsageError("Nobody can be asked here whether that shall be. Add --yes", "rewind");
  if (/^y(es)?$/i.test(await io.ask("Run all that again? [y/N] ") ?? "")) return true;
  io.writeError("Nothing was decided\n");
  return false;
}
