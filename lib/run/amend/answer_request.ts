import type { Event } from "../../journal/event.ts";
import type { Request, RequestContent } from "../../journal/request.ts";
import { readValue } from "../../journal/stored_value.ts";
import type { SignalReceipt } from "../../messages/next_commands.ts";
import { describeRefusal } from "../../messages/refusal.ts";
import type { WaitNode } from "../../plan/node.ts";
import { checkTransactionAnswer, type Refusal } from "../../state/answers.ts";
import { checkStepValue, findMissingPart } from "../../state/references.ts";
import type { State } from "../../state/state.ts";
import type { StepState } from "../../state/step_state.ts";
import { walkSteps } from "../../state/walk_steps.ts";
import { findSameName } from "../../text/suggest_name.ts";
import { type Encoded, withoutUndefined } from "../../values/json.ts";

/** Tells why a transaction cannot do what it is asked for; nothing if it can. */
export function checkRequest(state: State, content: RequestContent): Refusal | string | undefined {
  const refusal = checkTransactionAnswer(state, content.request);
  if (refusal !== undefined || content.request !== "signal") return refusal;
  try {
    checkStepValue(`that waits for ${JSON.stringify(content.signal)}`, readValue(content));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const missing = findMissing(state, signalName(state, content.signal), readValue(content));
  return missing === undefined ? undefined : `its value is incomplete: ${missing}`;
}

/** The event by which a transaction does what it is asked for. */
export function acceptRequest(state: State, content: RequestContent & { readonly id?: string }): Event {
  switch (content.request) {
    case "signal": {
      const { value, valueMeta, by, id } = content;
      return withoutUndefined({
        type: "signalled",
        signal: signalName(state, content.signal),
        value,
        valueMeta,
        by,
        id,
      });
    }
    case "cancel":
    case "stop": {
      const { by, why, id } = content;
      return withoutUndefined({ type: content.request === "stop" ? "stopped" : "cancelled", by, why, id });
    }
    default:
      return content satisfies never;
  }
}

/** The event that answers a request. `refusal` is what prevents it besides the state. */
export function answerRequest(
  state: State,
  request: Request,
  refusal: Refusal | string | undefined = checkRequest(state, request),
): Event {
  if (refusal === undefined) return acceptRequest(state, request);
  const { id, by } = request;
  const signal = request.request === "signal" ? request.signal : undefined;
  const reason = typeof refusal === "string" ? refusal : describeRefusal(state, refusal);
  return withoutUndefined({ type: "refused", id, request: request.request, signal, by, reason });
}

/** What to know about a signal. @param isKept The state has the signal already. */
export function describeTaker(state: State, given: string, { isKept }: { readonly isKept: boolean }): SignalReceipt {
  const signal = signalName(state, given);
  const waits = waitsOf(state, isOpenWait);
  const kept = state.signals.get(signal)?.length ?? 0;
  return {
    awaited: [...new Set(waits.map((node) => node.signal))],
    ahead: Math.max(0, isKept ? kept - 1 : kept),
    taker: waits.find((node) => node.signal === signal)?.id,
  };
}

/** A wait may spell the name with other characters. */
function signalName(state: State, signal: string): string {
  return findSameName(signal, waitsOf(state).map((node) => node.signal)) ?? signal;
}

/**
 * What the wait that takes the signal will lack. Signals that were sent before are taken by earlier waits. If no wait is
 * left, a rewind may open any wait of that name again.
 */
function findMissing(state: State, signal: string, value: Encoded): string | undefined {
  const isOfName = (node: WaitNode) => node.signal === signal;
  const taker = waitsOf(state, isOpenWait).filter(isOfName)[state.signals.get(signal)?.length ?? 0];
  if (taker !== undefined) return findMissingPart(state, taker.id, value);
  const planned = waitsOf(state, ({ marks }) => marks?.isRemoved !== true).filter(isOfName);
  const missing = planned.map(({ id }) => findMissingPart(state, id, value, { isPastMeant: true }));
  return missing.find((text) => text !== undefined);
}

function waitsOf(state: State, isMeant: (step: StepState) => boolean = () => true): readonly WaitNode[] {
  return [...walkSteps(state.root)].filter(isMeant).map(({ node }) => node).filter((node) => node.kind === "wait");
}

function isOpenWait({ status }: StepState): boolean {
  return status === "pending" || status === "waiting";
}
