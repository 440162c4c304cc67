import { readValue, type StoredValue, storeValue } from "../../journal/stored_value.ts";
import { processSlot } from "../../process/process_slot.ts";
import { context, type StepContext } from "../../process/step_context.ts";
import { decodeValue } from "../../values/decode_value.ts";
import { encodeValue } from "../../values/encode_value.ts";
import { writeJson } from "../../values/json.ts";
import { attempt, json, object } from "../../values/shape.ts";

/**
 * Options of `once`.
 *
 * @example
 * ```ts
 * import { once, type OnceOptions } from "@x/resumable-tx/sqlite";
 * import { DatabaseSync } from "node:sqlite";
 *
 * export async function addBoth(path: string): Promise<void> {
 *   using database = new DatabaseSync(path);
 *   const options: OnceOptions = { name: "second" };
 *   await once(database, (tx) => tx.exec("insert into log values ('first')"));
 *   await once(database, (tx) => tx.exec("insert into log values ('second')"), options);
 * }
 * ```
 */
export interface OnceOptions {
  /**
   * Tells this call from others of the same step, and is the same in every attempt: at most 100 characters.
   *
   * @default none: for the only call of a step
   */
  readonly name?: string;
}

/**
 * Options of `pruneOnce`.
 *
 * @example
 * ```ts
 * import type { PruneOnceOptions } from "@x/resumable-tx/sqlite";
 *
 * const ninetyDays: PruneOnceOptions = { olderThanMs: 90 * 24 * 60 * 60 * 1000 };
 * console.log(ninetyDays.olderThanMs); // 7776000000
 * ```
 */
export interface PruneOnceOptions {
  /** How old a key is at least that is removed, in milliseconds. */
  readonly olderThanMs: number;
}

/** The table in the user's database that says what `once` has done. */
export const ONCE_TABLE = "resumable_tx_once";
/** How many keys one statement removes. */
export const PRUNED_AT_ONCE = 1000;

const MAX_NAME_LENGTH = 100;
const STORED = object({ "value?": json, "valueMeta?": json });

/** Gives a call of `once` its key, which no other call of the same attempt may have, unless that one has failed. */
export async function withOnceKey<T>(
  { name }: OnceOptions,
  run: (key: string, step: StepContext) => Promise<T>,
): Promise<T> {
  const step = attempt(context);
  if (step === undefined) {
    throw new TypeError("Cannot use once() here: no step is running, whose key it needs. Call it in a step function");
  }
  if (name !== undefined && (typeof name !== "string" || name === "" || name.length > MAX_NAME_LENGTH)) {
    throw new TypeError(`The option "name" of once() is a text of 1 to ${MAX_NAME_LENGTH} characters`);
  }
  const key = name === undefined ? step.idempotencyKey : `${step.idempotencyKey}#${name}`;
  const keys = keysOf(step);
  if (keys.has(key)) {
    const what = name === undefined ? "without a name" : `with the name ${JSON.stringify(name)}`;
    throw new TypeError(
      `Cannot call once() ${what} twice in step ${step.stepId}: the second call would return the value of the first. ` +
        `Give each its own name: once(database, work, { name: "second" })`,
    );
  }
  keys.add(key);
  try {
    return await run(key, step);
  } catch (error) {
    keys.delete(key);
    throw error;
  }
}

/** The keys that calls of one attempt of a step have used. */
function keysOf(step: StepContext): Set<string> {
  const all = processSlot("once-keys", isWeakMap<Set<string>>, () => new WeakMap());
  let keys = all.get(step);
  if (keys === undefined) all.set(step, keys = new Set());
  return keys;
}

export function isWeakMap<V>(value: unknown): value is WeakMap<object, V> {
  return value instanceof WeakMap;
}

/** Encodes what the work has returned, as the value of a step. */
export function encodeOnce(value: unknown): string {
  return writeJson(storeValue(encodeValue(value, { root: "what the callback of once() returned" })));
}

/** Decodes a stored value. Its type is what the callback returned when it was stored. */
export function decodeOnce(key: string, stored: unknown): unknown {
  if (stored === null) throw endedByWork(key);
  const data: unknown = attempt(() => JSON.parse(String(stored)));
  if (STORED(data) !== undefined) {
    throw new TypeError(`The value of ${JSON.stringify(key)} in ${ONCE_TABLE} is damaged`);
  }
  return decodeValue(readValue(data as StoredValue));
}

/** The callback ended the transaction, so that its effect and its key are not one. */
export function endedByWork(key: string): TypeError {
  return new TypeError(
    `The callback of once() has ended the transaction itself, by commit or rollback, so what it did may happen twice. ` +
      `Leave both to once(). Find out what has happened, then remove ${
        JSON.stringify(key)
      } from ${ONCE_TABLE} if it is there`,
  );
}

export function checkPruneOptions({ olderThanMs }: PruneOnceOptions): void {
  if (typeof olderThanMs === "number" && olderThanMs >= 0) return;
  throw new RangeError(
    `The option "olderThanMs" of pruneOnce() is a number of milliseconds, not ${String(olderThanMs)}`,
  );
}
