/**
 * What may be said about a part of a plan that calls no function.
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
  /** Its name, unique in the plan among all names, those of steps included, and formed like a step's. */
  readonly name?: string;
}

const NAME = /^[\p{L}_$][\p{L}\p{N}_$-]*$/u;
const MAX_NAME_LENGTH = 100;

/**
 * Checks a name that the author gives.
 *
 * @param what What is named, with its article.
 * @throws {TypeError} It cannot be a name.
 */
export function checkName(what: string, name: unknown): void {
  if (typeof name === "string" && name.length <= MAX_NAME_LENGTH && NAME.test(name)) return;
  throw new TypeError(
    `Cannot name ${what} ${
      typeof name === "string" ? JSON.stringify(name) : `with a value of type ${typeof name}`
    }: use letters, ` +
      `digits, "_", "$" and "-", no digit first, at most ${MAX_NAME_LENGTH} characters`,
  );
}

/**
 * Checks what the type checker cannot see in plain JavaScript.
 *
 * @param what What the options belong to, with its article.
 * @param known The options that it has.
 * @throws {TypeError} The options are no object, one is unknown, or the name cannot be one.
 */
export function checkNameOption(what: string, options: NameOption, known: readonly string[] = ["name"]): void {
  if (typeof options !== "object" || options === null) throw new TypeError(`The options of ${what} are an object`);
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    throw new TypeError(`Unknown option ${JSON.stringify(key)} of ${what}: use ${known.join(", ")}`);
  }
  if (options.name !== undefined) checkName(what, options.name);
}
