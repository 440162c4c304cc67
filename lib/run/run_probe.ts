import type { Code } from "../plan/node.ts";
import { PROBE } from "../state/apply_decision.ts";
import type { StepState } from "../state/state.ts";
import { safeText } from "../values/safe_text.ts";
import { callProbe, type ProbeFinding } from "./call_probe.ts";
import { type Outcome, pausedOutcome } from "./outcome.ts";
import { type CallParts, prepareCall } from "./prepare_call.ts";

/**
 * Has a step's probe find out how the step ended, and takes its word as a decision.
 *
 * @returns How the run ends, if it ends here.
 */
export async function runProbe(step: StepState, probe: Code, parts: CallParts): Promise<Outcome | undefined> {
  const { session } = parts;
  const id = step.node.id;
  let finding: ProbeFinding;
  try {
    const { fn, args, context } = prepareCall(step, probe, parts);
    finding = await callProbe(fn, args, context);
  } catch (error) {
    finding = { kind: "unknown", why: safeText(error) };
  }
  if (finding.kind === "unknown") {
    return await pausedOutcome(session, { step: id, reason: "unknown", why: `the process died, and ${finding.why}` });
  }
  if (finding.kind === "notDone") {
    session.add({ type: "decided", decision: "retry", step: id, by: PROBE });
  } else {
    const { kind: _kind, ...value } = finding;
    session.add({ type: "decided", decision: "done", step: id, by: PROBE, ...value });
  }
  return undefined;
}
