import { quote } from "../text/escape.ts";
/**
 * Options of a parallel group.
 *
 * @example
 * ```ts
 * import { type GroupOptions, Transaction } from "@x/resumable-tx";
 *
 * export function upload(path: string): string {
 *   return `https://files.example/${path}`;
 * }
 *
 * const options: GroupOptions = { limit: 2, name: "uploads" };
 * const t = new Transaction(import.meta);
 * t.parallel((p) => ["a.txt", "b.txt", "c.txt"].map((path) => p.do(upload, path)), options);
 * ```
 */
export interface GroupOptions extends NameOption {
  /**
   * Maximum number of the group's children that run at the same time. A whole number, at least 1. A child that is a group
   * counts as one.
   *
   * @default all of them
   */
  readonly limit?: number;
}

const MAX_LIMIT = 10_000_000;

export function checkGroupOptions(kind: "parallel" | "sequence", options: GroupOptions): void {
  if (kind === "sequence") return checkNameOption("a sequence", options);
  checkNameOption("a parallel group", options, ["name", "limit"]);
  const { limit } = options;
  if (limit === undefined || (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT)) return;
  const given = typeof limit === "number" ? limit : `a value of type ${typeof limit}`;
  throw new RangeError(`The option "limit" of a parallel group is a whole number from 1 to ${MAX_LIMIT}, not ${given}`);
}

/**
 * Options of a part of a plan that calls no function.
 *
 * @example
 * ```ts
 * import { Transaction } from "@x/resumable-tx";
 *
 * const t = new Transaction(import.meta);
 * t.sleep(60_000, { name: "cool_down" });
 * ```
 */
export interface NameOption {
  /** Its name, unique among all names of the plan, those of steps included, and formed like a step's. */
  readonly name?: string;
}

const ASCII_NAME = /^[A-Za-z_$][\w$-]*$/;
const MAX_NAME_LENGTH = 100;

/** Allows no letters and marks that nobody sees. V8 takes a millisecond to make the tables. */
function isName(text: string): boolean {
  return /^[[\p{L}_$]--\p{DI}][[\p{L}\p{M}\p{N}_$\-]--\p{DI}]*$/v.test(text);
}

/** Checks a name of `what`, as in `a step`. Returns it with composed letters (NFC): what looks the same is the same. */
export function checkName(what: string, name: unknown): string {
  const composed = typeof name === "string" ? name.normalize() : "";
  if (composed.length <= MAX_NAME_LENGTH && (ASCII_NAME.test(composed) || isName(composed))) return composed;
  const given = typeof name === "string" ? quote(name) : `with a value of type ${typeof name}`;
  throw new TypeError(
    `Cannot name ${what} ${given}: use letters, digits, "_", "$" and "-", no digit first, at most ${MAX_NAME_LENGTH} characters`,
  );
}

export function checkNameOption(what: string, options: NameOption, known: readonly string[] = ["name"]): void {
  if (typeof options !== "object" || options === null) throw new TypeError(`The options of ${what} are an object`);
  checkKeys(what, options, known);
  if (options.name !== undefined) checkName(what, options.name);
}

export function checkKeys(what: string, options: object, known: readonly string[], kind = "option"): void {
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  throw new TypeError(`Unknown ${kind} ${quote(unknown)} of ${what}: use ${known.join(", ")}`);
}
