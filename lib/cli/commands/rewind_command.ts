import { DecisionRefused } from "../../errors/decision_errors.ts";
import { describeStep } from "../../messages/describe_step.ts";
import { refusedError } from "../../messages/refusal.ts";
import { decideJournal } from "../../run/amend/amend_journal.ts";
import { checkDecision } from "../../state/answers.ts";
import { rewoundSteps } from "../../state/revert.ts";
import { mayHaveHappened } from "../../state/rollback.ts";
import { findStep, type State, toStepId } from "../../state/state.ts";
import type { StepState } from "../../state/step_state.ts";
import { hasHappened } from "../../state/walk_steps.ts";
import { readIdleState } from "../../storage/read_state.ts";
import { type Command, type CommandIo, type CommandRequest, UsageError, writeLines } from "../frame/command.ts";
import { REASON_OPTIONS, TAKE_OVER } from "../frame/decision_options.ts";
import { confirm, listSteps, seenSteps } from "../show/confirm_steps.ts";
import { REPAIR, REPAIR_NOTE, type RepairCall, type Repaired, repairStep } from "./repair_step.ts";

export const rewindCommand: Command = {
  ...REPAIR,
  name: "rewind",
  summary: "Runs a step and all steps after it again, even those that have happened",
  details: [
    "What these steps did is not undone: they do it again, with new idempotency keys. Their values and the decisions about " +
    "them no longer count; edited arguments stay. If a step returned a plan, that plan is removed, and the step returns a " +
    "new one. A wait takes the next signal. rewind cannot be undone.",
    "A later rollback undoes only what these steps do from now on. What they did before stays, even if they have an " +
    "undo function. rollback lists these effects, and rollback --strict refuses because of them.",
    "rewind lists what has happened and will happen again. On a terminal, it asks first; elsewhere, it needs --yes.",
    REPAIR_NOTE,
  ],
  options: [...REASON_OPTIONS, TAKE_OVER, { name: "yes", summary: "does not ask" }],
  examples: [{
    words: 'rewind welcome.json 3 --why "the server was restored from yesterday\'s copy"',
    what: "makes resume run step 3 and all steps after it again",
  }],
  run: (request, io) => repairStep(request, io, (call) => rewind(call, request, io)),
};

async function rewind(
  { store, journal, reason }: RepairCall,
  { arguments: [, word = ""], flags }: CommandRequest,
  io: CommandIo,
): Promise<Repaired | undefined> {
  const before = await readIdleState(store, journal);
  const id = toStepId(before, word);
  const refusal = checkDecision(before, { type: "decided", decision: "rewind", step: id });
  const what = `rewind to step ${word}`;
  if (refusal !== undefined) throw refusedError(before, refusal, { journal, step: id, what });
  const begun = begunSteps(before, id);
  if (begun.length > 0) {
    const lines = describeBegun(before, begun);
    if (flags.has("yes") || io.ask === undefined) writeLines(io, lines);
    if (!flags.has("yes") && !await agree(lines, io)) return undefined;
  }
  const shown = seenSteps(begun);
  const { state, step } = await decideJournal(store, journal, { step: id, decision: "rewind", ...reason }, (now) => {
    if (seenSteps(begunSteps(now, id)) === shown) return;
    throw new DecisionRefused(journal, id, `Cannot ${what}: the transaction has changed since. Look again`);
  });
  return { state, lines: [`${describeStep(state, step)} and all steps after it will run again`] };
}

/** What has happened, may have happened, was tried, or was skipped: all of it is pending again. */
function begunSteps(state: State, id: string): readonly StepState[] {
  const from = findStep(state, id);
  if (from === undefined) return [];
  return rewoundSteps(state, from).filter((step) =>
    hasHappened(step) || step.status === "failed" || (step.status === "skipped" && step.marks?.isRemoved !== true)
  );
}

function describeBegun(state: State, begun: readonly StepState[]): readonly string[] {
  const isSkipped = begun.some(({ status }) => status === "skipped");
  return [
    "These steps have happened, or may have happened, and will run again",
    ...listSteps(state, begun),
    ...(isSkipped ? ["The steps that are skipped will run, too. To skip them again, use skip afterwards"] : []),
    ...(begun.some(mayHaveHappened) ? ["No rollback will undo what they have done so far"] : []),
  ];
}

async function agree(lines: readonly string[], io: CommandIo): Promise<boolean> {
  if (io.ask === undefined) throw new UsageError("Without a terminal, rewind cannot ask: pass --yes");
  return await confirm(io, [...lines, "Run all these steps again?"], "Nothing was decided");
}
