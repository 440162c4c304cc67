import { JournalGone, JournalNotFound } from "../../errors/opening_errors.ts";
import { outcomeError } from "../../messages/outcome_error.ts";
import { foldRecords } from "../../state/apply_event.ts";
import { findStep, openAbort, State } from "../../state/state.ts";
import { openStore } from "../../storage/locator.ts";
import { readState } from "../../storage/read_state.ts";
import type { Store, StoreConnection } from "../../storage/store.ts";
import { resolveResult } from "../call/resolve_value.ts";
import { checkChoice, checkOptions, checkSignal } from "../options/transaction_options.ts";
import { findStillWaiting } from "./admission.ts";

/**
 * Options of a wait for the end of a transaction.
 *
 * @example
 * ```ts
 * import { Transaction, type WaitOptions } from "@x/resumable-tx";
 *
 * // A person may repair it meanwhile, but not for more than an hour.
 * const options: WaitOptions = { ifStuck: "wait", signal: AbortSignal.timeout(3_600_000) };
 * export const wait = (journal: string): Promise<unknown> => Transaction.wait(journal, options);
 * ```
 */
export interface WaitOptions {
  /** Ends the wait, which rejects with the signal's reason. The transaction is not touched. */
  readonly signal?: AbortSignal;

  /** A database that `openStore` of `./sqlite` or `./postgres` has opened. The journal is then a name in it. */
  readonly store?: StoreConnection;

  /**
   * What to do when the transaction needs a person: a step has failed and is not tried again, or the outcome of a step is
   * unknown. `"reject"`: reject with the error with which its run ended. `"wait"`: wait until somebody has resumed it.
   *
   * @default "reject"
   */
  readonly ifStuck?: "reject" | "wait";
}

/** Waits for the transaction that a locator, or a name in a store, names. */
export async function waitAt(locator: string | URL, options: WaitOptions): Promise<unknown> {
  checkOptions("a wait", options, ["signal", "store", "ifStuck"]);
  checkChoice("ifStuck", options.ifStuck, "reject", "wait");
  checkSignal("a wait", options.signal);
  if (locator === undefined || locator === "") throw new TypeError("A wait needs the transaction for which it waits");
  options.signal?.throwIfAborted();
  await using place = await openStore(locator, { store: options.store });
  return await waitForEnd(place.store, place.name, options);
}

/** Waits until a process has finished a transaction, and returns its value. Owns nothing and writes nothing. */
export async function waitForEnd(store: Store, name: string, options: WaitOptions): Promise<unknown> {
  const { signal } = options;
  signal?.throwIfAborted();
  const end = store.watch === undefined
    ? await followToEnd(store, name, options)
    : await watchToEnd(store, name, store.watch(name, { signal }), options);
  if (end !== undefined) return end.value;
  signal?.throwIfAborted();
  throw new JournalGone(name);
}

interface End {
  readonly value: unknown;
}

/** Each record is read once. Even if the journal is removed at its end, its last record is seen. */
async function followToEnd(store: Store, name: string, options: WaitOptions): Promise<End | undefined> {
  if (store.follow === undefined) throw new TypeError(`Cannot wait for ${name}: its store cannot be followed`);
  const state = new State({ keepsValues: false });
  for await (const { isHeld, isGone } of store.follow(name, foldRecords(name, state), { signal: options.signal })) {
    const end = judge(name, state, { ...options, isHeld });
    if (end !== undefined || isGone) return end;
  }
  return undefined;
}

/** It is read when it stands still. If it is removed at its end, the value is gone with it. */
async function watchToEnd(
  store: Store,
  name: string,
  changes: AsyncIterable<void>,
  options: WaitOptions,
): Promise<End | undefined> {
  let isKnown = false;
  for await (const _change of changes) {
    try {
      const { state, read } = await readState(store, name, { keepsValues: false });
      isKnown = true;
      const end = judge(name, state, { ...options, isHeld: read.isHeld });
      if (end !== undefined) return end;
    } catch (error) {
      if (isKnown && error instanceof JournalNotFound) return undefined;
      throw error;
    }
  }
  return undefined;
}

/** Nothing while it may go on without a person. Throws what its run has thrown, or would. */
function judge(
  name: string,
  state: State,
  { ifStuck = "reject", isHeld }: Pick<WaitOptions, "ifStuck"> & { readonly isHeld: boolean },
): End | undefined {
  const { status, cancelled } = state;
  if (status === "finished") return { value: resolveResult(state) };
  if (status === "undone") throw outcomeError(name, state, { kind: "undone", failure: undefined });
  if (status === "cancelled") {
    const by = cancelled?.by === undefined ? "" : `by ${cancelled.by}`;
    const reason = [by, cancelled?.why ?? ""].filter((text) => text !== "").join(": ");
    throw outcomeError(name, state, { kind: "cancelled", reason: reason || "no reason was given" });
  }
  if (isHeld || ifStuck === "wait") return undefined;
  const aborted = status === "aborted" ? openAbort(state) : undefined;
  if (aborted !== undefined) {
    const { step, error = findStep(state, step)?.failures?.at(-1)?.error } = aborted;
    const failure = { step, error: error ?? { name: "Error", message: "" }, hasStarted: aborted.error === undefined };
    throw outcomeError(name, state, { kind: "aborted", ...failure, thrown: undefined });
  }
  const question = findStillWaiting(name, state, {});
  if (question?.waitsFor === "decision") throw question;
  return undefined;
}
