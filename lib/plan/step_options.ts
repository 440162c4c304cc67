/**
 * What the author may say about one step.
 */
export interface StepOptions {
  /**
   * The step's name, unique in the plan: shown by `inspect`, and accepted by the command line in place of the step's
   * number. Letters, digits, `_`, `$` and `-`; no digit first; at most 100 characters.
   */
  readonly name?: string;

  /**
   * What `resume` does when the step was started and nobody knows how it ended, because the process died.
   *
   * - `"ask"`: stop, and let the administrator say whether it happened.
   * - `"retry"`: run it again. For steps that may safely happen twice. After three interrupted attempts in a row,
   *   `"ask"`.
   *
   * @default "ask"
   */
  readonly interrupted?: "ask" | "retry";
}

/** The options that steps may share: all but their names. */
export type SharedOptions = Omit<StepOptions, "name">;

const NAME = /^[\p{L}_$][\p{L}\p{N}_$-]*$/u;
const MAX_NAME_LENGTH = 100;
const KEYS: ReadonlySet<string> = new Set(["name", "interrupted"]);

/**
 * Checks what the type checker cannot see in plain JavaScript.
 *
 * @throws {TypeError} An option is unknown or has no meaning.
 */
export function checkStepOptions(options: StepOptions): void {
  for (const key of Object.keys(options)) {
    if (!KEYS.has(key)) {
      throw new TypeError(`Unknown option ${JSON.stringify(key)} of a step: use ${[...KEYS].join(", ")}`);
    }
  }
  const { name, interrupted } = options;
  if (name !== undefined && (typeof name !== "string" || name.length > MAX_NAME_LENGTH || !NAME.test(name))) {
    throw new TypeError(
      `Cannot name a step ${JSON.stringify(name)}: use letters, digits, "_", "$" and "-", no digit first, at most ` +
        `${MAX_NAME_LENGTH} characters`,
    );
  }
  if (interrupted !== undefined && interrupted !== "ask" && interrupted !== "retry") {
    throw new TypeError(
      `Unknown value ${JSON.stringify(interrupted)} of the option "interrupted": use "ask" or "retry"`,
    );
  }
}
