import { describeRefusal } from "../../messages/refusal.ts";
import { checkTransactionAnswer } from "../../state/answers.ts";
import type { PendingRequest } from "../../storage/store.ts";
import { withoutUndefined } from "../../values/json.ts";
import type { InspectedRequest } from "./inspection.ts";
import type { ReadState, ToldRefusal } from "./read_state.ts";

/** The requests that are not answered or were refused, and what is among them that is none; nothing if there are none. */
export function inspectRequests(source: ReadState): readonly InspectedRequest[] | undefined {
  const { state, story, pending } = source;
  const waiting = pending.filter((request) => !("id" in request && state.answered.has(request.id)));
  const requests = [...story.refused.map(inspectRefused), ...waiting.map((request) => inspectPending(source, request))];
  return requests.length === 0 ? undefined : requests;
}

function inspectRefused({ at, event }: ToldRefusal): InspectedRequest {
  const { id, request, signal, by, reason } = event;
  return withoutUndefined({ outcome: "refused", id, request, signal, by, at, reason });
}

function inspectPending({ state, read }: ReadState, pending: PendingRequest): InspectedRequest {
  if (!("id" in pending)) return { outcome: "foreign", place: pending.place, reason: pending.fault };
  const { id, request, by, at, transaction } = pending;
  const why = "why" in pending ? pending.why : undefined;
  const signal = "signal" in pending ? pending.signal : undefined;
  const isForeign = transaction !== state.id;
  const refusal = isForeign || read.isHeld ? undefined : checkTransactionAnswer(state, request);
  const reason = isForeign
    ? `it is for the transaction ${transaction}`
    : refusal === undefined
    ? undefined
    : describeRefusal(state, refusal);
  return withoutUndefined({ outcome: isForeign ? "foreign" : "pending", id, request, signal, by, why, at, reason });
}
