import { RETRY_DEFAULTS } from "../plan/retry_options.ts";
import { type NextAction, nextAction, runOrAsk } from "../state/next_action.ts";
import { delay } from "./delay.ts";
import { type Outcome, pausedOutcome } from "./outcome.ts";
import type { CallParts } from "./prepare_call.ts";
import { runProbe } from "./run_probe.ts";
import { runStep } from "./run_step.ts";
import type { Session } from "./session.ts";

/** What a run needs. */
export interface RunLoopOptions extends CallParts {
  /** A pause that was going on when the run began is not waited for. */
  readonly isHurried?: boolean;
}

/**
 * Runs what is left of a transaction. This is the one place where the data turns round: state → what to do next → a step
 * is called → an event → journal → state.
 *
 * @throws {JournalUnwritable} The journal failed. The run has ended.
 */
export async function runLoop(options: RunLoopOptions): Promise<Outcome> {
  const { session, stop } = options;
  let isHurried = options.isHurried === true;
  for (;;) {
    let next = nextAction(session.state);
    if (next.kind === "sleep") next = await sleep(next, options, isHurried);
    isHurried = false;
    if (stop.received !== undefined && (next.kind === "run" || next.kind === "probe")) {
      await session.commit();
      return { kind: "interrupted", signal: stop.received };
    }
    switch (next.kind) {
      case "end":
        return await end(session);
      case "ask":
        return await pausedOutcome(session, { step: next.step.node.id, reason: next.reason });
      case "probe": {
        const outcome = await runProbe(next.step, next.probe, options);
        if (outcome !== undefined) return outcome;
        break;
      }
      case "run": {
        const outcome = await runStep(next.step, options);
        if (outcome !== undefined) return outcome;
        break;
      }
      case "sleep":
      case "stop":
        throw new TypeError(`Cannot run a transaction whose next action is "${next.kind}"`);
      default:
        next satisfies never;
    }
  }
}

/** Waits until a step may be tried again. A clock that was set meanwhile cannot make that longer than it was to be. */
async function sleep(
  next: Extract<NextAction, { kind: "sleep" }>,
  { session, stop }: RunLoopOptions,
  isHurried: boolean,
): Promise<NextAction> {
  await session.commit();
  const { node } = next.step;
  const longest = (node.kind === "step" ? node.options?.retry?.maxDelayMs : undefined) ?? RETRY_DEFAULTS.maxDelayMs;
  const left = Math.min(Date.parse(next.until) - Date.now(), longest);
  if (!isHurried) await delay(left, stop.signal);
  return runOrAsk(session.state, next.step);
}

async function end(session: Session): Promise<Outcome> {
  session.add({ type: "ended" });
  await session.commit();
  return { kind: "finished" };
}
