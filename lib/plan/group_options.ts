import { checkNameOption, type NameOption } from "./name_option.ts";

/**
 * What may be said about steps that run side by side.
 *
 * @example
 * ```ts
 * import { type GroupOptions, Transaction } from "@x/resumable-tx";
 *
 * export function upload(path: string): string {
 *   return `https://files.example/${path}`;
 * }
 *
 * const gently: GroupOptions = { limit: 2, name: "uploads" };
 * const t = new Transaction(import.meta);
 * t.parallel((p) => ["a.txt", "b.txt", "c.txt"].map((path) => p.do(upload, path)), gently);
 * ```
 */
export interface GroupOptions extends NameOption {
  /**
   * How many of the group's children may run at the same time. A whole number, at least 1. A child that is a group
   * itself counts as one.
   *
   * @default all of them
   */
  readonly limit?: number;
}

const MAX_LIMIT = 10_000_000;

/**
 * Checks what the type checker cannot see in plain JavaScript.
 *
 * @throws {TypeError} {@linkcode RangeError} An option is unknown, has no meaning, or is out of its range.
 */
export function checkGroupOptions(kind: "parallel" | "sequence", options: GroupOptions): void {
  if (kind === "sequence") return checkNameOption("a sequence", options);
  checkNameOption("a parallel group", options, ["name", "limit"]);
  const { limit } = options;
  if (limit === undefined || (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT)) return;
  const given = typeof limit === "number" ? limit : `a value of type ${typeof limit}`;
  throw new RangeError(`The option "limit" of a parallel group is a whole number from 1 to ${MAX_LIMIT}, not ${given}`);
}
