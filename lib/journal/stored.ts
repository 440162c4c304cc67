/**
 * A module that step functions come from.
 *
 * @example
 * ```ts
 * import { type ModuleEntry, Transaction } from "@x/resumable-tx";
 *
 * // The modules that resume has to download.
 * export async function listRemote(journal: string): Promise<readonly ModuleEntry[]> {
 *   const { modules } = await Transaction.inspect(journal);
 *   return modules.filter(({ url }) => !url.startsWith("file:"));
 * }
 * ```
 */
export interface ModuleEntry {
  /** Where it was when the plan was made. */
  readonly url: string;
  /** SHA-256 of its source in hexadecimal; absent for `npm:` modules, whose version says enough. */
  readonly sha256?: string;
}

/**
 * Options of a transaction as the journal holds them.
 *
 * @example
 * ```ts
 * import type { StoredOptions } from "@x/resumable-tx";
 *
 * export function describeKeep({ keep = false }: StoredOptions): string {
 *   return keep ? "the journal stays" : "the journal is removed when the transaction has finished";
 * }
 * console.log(describeKeep({ keep: true })); // the journal stays
 * ```
 */
export interface StoredOptions {
  /** Whether the journal stays when the transaction has finished. */
  readonly keep?: boolean;
  /** What happens when a step has failed and is not retried. */
  readonly onFailure?: "stop" | "rollback";
  /** How often workers may try it again when it has failed. */
  readonly retryFailed?: number;
}

/**
 * An error as a journal holds it.
 *
 * @example
 * ```ts
 * import type { StoredError } from "@x/resumable-tx";
 *
 * // The first cause often says most.
 * export function findRoot(error: StoredError): StoredError {
 *   return error.cause === undefined ? error : findRoot(error.cause);
 * }
 * const cause = { name: "Error", message: "connection refused", code: "ECONNREFUSED" };
 * console.log(findRoot({ name: "TypeError", message: "fetch failed", cause }).code); // ECONNREFUSED
 * ```
 */
export interface StoredError {
  /** The error's name, or the kind of value that was thrown. */
  readonly name: string;
  /** Its message. */
  readonly message: string;
  /** Where it was thrown. */
  readonly stack?: string;
  /** Its `code`, as system errors have one. */
  readonly code?: string;
  /** What caused it. */
  readonly cause?: StoredError;
}

/**
 * Why a step has no value.
 *
 * @example
 * ```ts
 * import { type Dropped, Transaction } from "@x/resumable-tx";
 *
 * // Steps whose value was lost. If a later step needs it, pass it with --done and --result.
 * export async function listLost(journal: string): Promise<ReadonlyMap<string, Dropped>> {
 *   const { steps } = await Transaction.inspect(journal);
 *   return new Map(steps.flatMap(({ id, dropped }) => dropped === undefined ? [] : [[id, dropped]]));
 * }
 * ```
 */
export interface Dropped {
  /** In words. */
  readonly reason: string;
  /** The size of the value in bytes, if it was too large. */
  readonly bytes?: number;
}

/**
 * What was cut off from a journal whose last append a crash had torn.
 *
 * @example
 * ```ts
 * import { type Recovered, Transaction } from "@x/resumable-tx";
 *
 * // One for each crash in the middle of an append. Acknowledged records are never among these bytes.
 * export async function listRecoveries(journal: string): Promise<readonly Recovered[]> {
 *   const { runs } = await Transaction.inspect(journal);
 *   return runs.flatMap(({ recovered }) => recovered ?? []);
 * }
 * ```
 */
export interface Recovered {
  /** How many bytes were cut off. */
  readonly cutBytes: number;
  /** The file beside the journal that keeps them. */
  readonly savedAs?: string;
}
