import { DecisionRefused } from "../../errors/decision_errors.ts";
import { storeValue } from "../../journal/stored_value.ts";
import { refusedError } from "../../messages/refusal.ts";
import type { WaitNode } from "../../plan/node.ts";
import { checkName } from "../../plan/node_options.ts";
import { checkTransactionAnswer } from "../../state/answers.ts";
import { findMissingPart } from "../../state/references.ts";
import type { State } from "../../state/state.ts";
import { walkSteps } from "../../state/walk_steps.ts";
import type { Store } from "../../storage/store.ts";
import { encodeValue } from "../../values/encode_value.ts";
import type { Encoded } from "../../values/json.ts";
import { toReason } from "../start/decision_request.ts";
import { amendJournal } from "./amend_journal.ts";

/** A signal to send. */
interface SignalRequest {
  /** Its name. */
  readonly signal: string;
  /** Its value. */
  readonly value: unknown;
  /** Who sends it. */
  readonly by?: string | undefined;
}

/** What has become of a signal. */
export interface SignalReceipt {
  /** Whether a step that has not come to its end waits for it, or will. */
  readonly isAwaited: boolean;
  /** The names that are waited for. */
  readonly awaited: readonly string[];
  /** How many of its name were sent before and are still there: they are taken first. */
  readonly ahead: number;
  /** The step that takes the first of them. */
  readonly taker?: string;
}

/**
 * Sends a signal to a transaction: it is kept in the journal until a wait takes it. Two of one name are taken one after
 * the other. Nothing runs.
 *
 * @throws {DecisionRefused} No wait can have that name, or its value lacks a part that a later step takes.
 * @throws {TransactionClosed} Nothing can wait for it any more.
 * @throws {TypeError} {@linkcode RangeError} The value cannot be stored.
 */
export async function signalJournal(
  store: Store,
  name: string,
  { signal, value, by }: SignalRequest,
): Promise<SignalReceipt> {
  const refuse = (why: string) =>
    new DecisionRefused(name, "", `Cannot send a signal to ${JSON.stringify(name)}: ${why}`);
  refuseName(signal, refuse);
  const encoded = encodeValue(value, {
    root: `Cannot send a signal to ${JSON.stringify(name)}: the signal's value`,
  });
  const reason = toReason({ by }, refuse);
  const state = await amendJournal(store, name, (now) => {
    const refusal = checkTransactionAnswer(now, "signal");
    if (refusal !== undefined) throw refusedError(now, refusal, { journal: name, what: "send a signal to" });
    const missing = findMissing(now, signal, encoded);
    if (missing !== undefined) throw refuse(`of its value, ${missing}`);
    return [{ type: "signalled", signal, ...storeValue(encoded), ...reason }];
  });
  const awaited = awaitedSignals(state);
  const ahead = (state.signals.get(signal)?.length ?? 1) - 1;
  const taker = [...openWaits(state)].find((node) => node.signal === signal)?.id;
  return { isAwaited: taker !== undefined, awaited, ahead, ...(taker === undefined ? {} : { taker }) };
}

function refuseName(signal: string, refuse: (why: string) => DecisionRefused): void {
  try {
    checkName("a signal", signal);
  } catch {
    throw refuse(`no wait can have the name ${JSON.stringify(signal)}`);
  }
}

/**
 * What the wait will lack that takes it: before it come those that take what was sent before. What is left over is for
 * whichever wait of the name a rewind opens again.
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

function awaitedSignals(state: State): readonly string[] {
  return [...new Set(Array.from(openWaits(state), ({ signal }) => signal))];
}

function* openWaits(state: State): Generator<WaitNode> {
  for (const { node, status } of walkSteps(state.root)) {
    if (node.kind === "wait" && (status === "pending" || status === "waiting")) yield node;
  }
}
