import { DecisionRefused } from "../errors/decision_errors.ts";
import { TransactionClosed } from "../errors/running_errors.ts";
import type { State } from "../state/state.ts";
import { walkSteps } from "../state/walk_steps.ts";
import type { Store } from "../storage/store.ts";
import { encodeValue } from "../values/encode_value.ts";
import { amendJournal } from "./amend_journal.ts";
import { toReason } from "./to_reason.ts";

/** A signal to send. */
export interface SignalRequest {
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
}

const MAX_NAME = 200;

/**
 * Sends a signal to a transaction: it is kept in the journal until a wait takes it. Two of one name are taken one after
 * the other. Nothing runs.
 *
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
  if (signal === "" || signal.length > MAX_NAME) throw refuse(`its name has 1 to ${MAX_NAME} characters`);
  const encoded = encodeValue(value, { root: "the signal's value" });
  const stored = {
    ...(encoded.value === undefined ? {} : { value: encoded.value }),
    ...(encoded.meta === undefined ? {} : { valueMeta: encoded.meta }),
  };
  const reason = toReason({ by }, refuse);
  const state = await amendJournal(store, name, ({ status, rollback }) => {
    if (status === "finished" || status === "cancelled" || status === "undone") {
      throw new TransactionClosed(name, status, "send a signal to");
    }
    if (rollback !== undefined) throw refuse("the transaction is being rolled back");
    return [{ type: "signalled", signal, ...stored, ...reason }];
  });
  const awaited = awaitedSignals(state);
  return { isAwaited: awaited.includes(signal), awaited };
}

function awaitedSignals(state: State): readonly string[] {
  const names = new Set<string>();
  for (const { node, status } of walkSteps(state.root)) {
    if (node.kind === "wait" && (status === "pending" || status === "waiting")) names.add(node.signal);
  }
  return [...names];
}
