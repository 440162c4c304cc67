import type { Observer } from "./transaction_options.ts";

/**
 * Options of taking back what a transaction has done.
 *
 * @example
 * ```ts
 * import type { RollbackOptions } from "@x/resumable-tx";
 *
 * const options: RollbackOptions = { to: "createAccount", strict: true, by: "ana", why: "the order was a mistake" };
 * console.log(options);
 * ```
 */
export interface RollbackOptions {
  /**
   * The step, by number or name, that stays as it is, with all before it.
   *
   * @default all steps are undone
   */
  readonly to?: string;

  /**
   * Whether to refuse, before anything is undone, if a step that has happened has no undo function, or had
   * happened before a rewind. A rollback that has begun is not gone on with then.
   *
   * @default false
   */
  readonly strict?: boolean;

  /** Who says so. Of a rollback that has begun this was written down then. */
  readonly by?: string;
  /** Why. Of a rollback that has begun this was written down then. */
  readonly why?: string;

  /** The URL of the home module as it is now, when the program was moved. See `ResumeOptions.home`. */
  readonly home?: string | URL;

  /**
   * Whether to run a journal that somebody else may have written. See `ResumeOptions.trust`.
   *
   * @default false
   */
  readonly trust?: boolean;

  /**
   * Whether to run remote modules whose source has changed since the plan was made.
   *
   * @default false
   */
  readonly acceptChanges?: boolean;

  /**
   * Whether to try at once what waits for the pause between two attempts.
   *
   * @default false
   */
  readonly now?: boolean;

  /** Is told what happens. */
  readonly observer?: Observer;
}
