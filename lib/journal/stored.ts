/**
 * A module that steps are taken from.
 *
 * @example
 * ```ts
 * import { type ModuleEntry, Transaction } from "@x/resumable-tx";
 *
 * // The modules that resume has to fetch from elsewhere.
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
 * What the author said about the transaction as a whole.
 *
 * @example
 * ```ts
 * import type { StoredOptions } from "@x/resumable-tx";
 *
 * export function becomesOfJournal({ keep = false }: StoredOptions): string {
 *   return keep ? "stays when all is done" : "is removed when all is done";
 * }
 * console.log(becomesOfJournal({})); // is removed when all is done
 * ```
 */
export interface StoredOptions {
  /** Whether the journal stays when the transaction has finished. */
  readonly keep?: boolean;
  /** What happens when a step has failed for good. */
  readonly onFailure?: "stop" | "rollback";
}

/**
 * An error as a journal holds it.
 *
 * @example
 * ```ts
 * import type { StoredError } from "@x/resumable-tx";
 *
 * // Errors that were wrapped on their way tell most at the end of the chain.
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
 * Why a step's value is not there.
 *
 * @example
 * ```ts
 * import { type Dropped, Transaction } from "@x/resumable-tx";
 *
 * // Steps whose value was lost; if a later one needs it, somebody has to give it.
 * export async function listLost(journal: string): Promise<ReadonlyMap<string, Dropped>> {
 *   const { steps } = await Transaction.inspect(journal);
 *   return new Map(steps.flatMap(({ id, dropped }) => dropped === undefined ? [] : [[id, dropped]]));
 * }
 * ```
 */
export interface Dropped {
  /** In words. */
  readonly reason: string;
  /** Its size in bytes, when it was the size. */
  readonly bytes?: number;
}

/**
 * What a recovery did.
 *
 * @example
 * ```ts
 * import { type Recovered, Transaction } from "@x/resumable-tx";
 *
 * // One for each crash in the middle of an append. Nothing that was acknowledged is ever among the bytes.
 * export async function listRecoveries(journal: string): Promise<readonly Recovered[]> {
 *   const { runs } = await Transaction.inspect(journal);
 *   return runs.flatMap(({ recovered }) => recovered ?? []);
 * }
 * ```
 */
export interface Recovered {
  /** How many bytes were cut off. */
  readonly cutBytes: number;
  /** The file, beside the journal, that keeps them. */
  readonly savedAs?: string;
}
