import { DecisionRefused } from "../../errors/decision_errors.ts";
import { storeValue } from "../../journal/stored_value.ts";
import type { WaitNode } from "../../plan/node.ts";
import type { SignalReceipt } from "../../messages/next_commands.ts";
import { checkName } from "../../plan/node_options.ts";
import { checkTransactionAnswer } from "../../state/answers.ts";
import { findMissingPart } from "../../state/references.ts";
import type { State } from "../../state/state.ts";
import { walkSteps } from "../../state/walk_steps.ts";
import type { Store } from "../../storage/store.ts";
import { findSameName } from "../../text/suggest_name.ts";
import { encodeValue } from "../../values/encode_value.ts";
import { type Encoded, withoutUndefined } from "../../values/json.ts";
import { amendJournal } from "./amend_journal.ts";

interface SignalRequest {
  readonly signal: string;
  readonly value: unknown;
  readonly by?: string | undefined;
}

/** Sends a signal, and runs nothing. The journal keeps it until a wait takes it. Of one name, the oldest is taken first. */
export async function signalJournal(
  store: Store,
  name: string,
  { signal: given, value, by }: SignalRequest,
): Promise<SignalReceipt> {
  const what = `send a signal to ${JSON.stringify(name)}`;
  let signal: string;
  try {
    signal = checkName("a signal", given);
  } catch {
    throw new DecisionRefused(name, "", `Cannot ${what}: no wait can have the name ${JSON.stringify(given)}`);
  }
  const encoded = encodeValue(value, { root: `Cannot ${what}: the signal's value` });
  const amendment = { what, verb: "send a signal to", by };
  const { state } = await amendJournal(store, name, amendment, (now, { reason, refuse }) => {
    const refusal = checkTransactionAnswer(now, "signal");
    if (refusal !== undefined) throw refuse(refusal);
    signal = findSameName(signal, signalsOf(now)) ?? signal;
    const missing = findMissing(now, signal, encoded);
    if (missing !== undefined) throw refuse(`its value is incomplete: ${missing}`);
    return { event: { type: "signalled", signal, ...storeValue(encoded), ...reason } };
  });
  const waits = [...openWaits(state)];
  const taker = waits.find((node) => node.signal === signal)?.id;
  return withoutUndefined({
    isAwaited: taker !== undefined,
    awaited: [...new Set(waits.map((node) => node.signal))],
    ahead: (state.signals.get(signal)?.length ?? 1) - 1,
    taker,
  });
}

/**
 * What the wait that takes the signal will lack. Signals that were sent before are taken by earlier waits. If no wait is
 * left, a rewind may open any wait of that name again.
 */
function findMissing(state: State, signal: string, value: Encoded): string | undefined {
  const waits = [...openWaits(state)].filter((node) => node.signal === signal);
  const taker = waits[state.signals.get(signal)?.length ?? 0];
  if (taker !== undefined) return findMissingPart(state, taker.id, value);
  for (const { node, marks } of walkSteps(state.root)) {
    if (node.kind !== "wait" || node.signal !== signal || marks?.isRemoved === true) continue;
    const missing = findMissingPart(state, node.id, value, { isPastMeant: true });
    if (missing !== undefined) return missing;
  }
  return undefined;
}

function* signalsOf(state: State): Generator<string> {
  for (const { node } of walkSteps(state.root)) if (node.kind === "wait") yield node.signal;
}

function* openWaits(state: State): Generator<WaitNode> {
  for (const { node, status } of walkSteps(state.root)) {
    if (node.kind === "wait" && (status === "pending" || status === "waiting")) yield node;
  }
}
