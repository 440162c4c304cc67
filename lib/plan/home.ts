/**
 * What a transaction needs to know of the module that plans it. `import.meta` of that module satisfies it.
 *
 * @example
 * ```ts
 * import { type Home, Transaction } from "@x/resumable-tx";
 *
 * // Plans for other modules, whose functions are the steps: each hands over its own import.meta.
 * export function beginMove(home: Home, user: string): Transaction {
 *   return new Transaction(home, { journal: `/var/lib/move-user/${user}.json` });
 * }
 * const t = beginMove(import.meta, "ana");
 * ```
 */
export type Home = Pick<ImportMeta, "url" | "resolve">;
