import { shellQuote } from "../../text/escape.ts";
import type { TransactionPaused } from "../../errors/running_errors.ts";
import { pausedError } from "../../messages/outcome_error.ts";
import { nextActions } from "../../state/next_actions.ts";
import type { State } from "../../state/state.ts";
import type { StepState } from "../../state/step_state.ts";
import { pausesOf } from "../loop/conclude_run.ts";
import { type Clock, SYSTEM_CLOCK } from "../session/clock.ts";

interface Said {
  readonly home?: string | URL | undefined;
  readonly keep?: boolean | undefined;
  readonly trust?: boolean | undefined;
  readonly maxIdleMs?: number | undefined;
  readonly clock?: Clock | undefined;
}

/** Returns the question of a transaction that still waits for the same as before: a resume then records nothing. */
export function findStillWaiting(journal: string, state: State, said: Said): TransactionPaused | undefined {
  if (state.status !== "waiting" || state.waits.size === 0 || state.running.size > 0) return undefined;
  const { maxIdleMs = Infinity, clock = SYSTEM_CLOCK } = said;
  // A run waits for the next attempt of a step, even if that takes long.
  const isDue = ({ node, marks: { dueAt } = {} }: StepState) =>
    node.kind === "step" || dueAt === undefined || Date.parse(dueAt) - clock.now() <= maxIdleMs;
  const next = nextActions(state, { isDue });
  // A probe may know more by now, and another branch may continue.
  if (next.isEnd || next.actions.length > 0) return undefined;
  const pauses = pausesOf(next);
  if (pauses.length === 0) return undefined;
  // Where the program is now is not recorded, so it has to be said again.
  const words = said.home === undefined ? [] : [shellQuote(String(said.home))];
  return pausedError(journal, state, { pauses }, [...words, ...saidWords(state, said)]);
}

/** The options of a command that the journal does not record. */
export function saidWords(state: State, { keep, trust }: Said): readonly string[] {
  return [
    ...(keep === true && state.options.keep !== true ? ["--keep"] : []),
    ...(trust === true ? ["--trust"] : []),
  ];
}
