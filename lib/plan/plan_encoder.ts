import { encodeValue, type EncodeValueOptions } from "../values/encode_value.ts";
import { findPlaceholders } from "../values/find_placeholders.ts";
import type { Encoded } from "../values/json.ts";
import { ValueTooLarge } from "../values/value_too_large.ts";

/** Encodes what the author puts into one plan, and refuses refs of other plans. */
export class PlanEncoder {
  /** Marks the refs of this plan. */
  readonly owner: object = {};
  readonly #options: EncodeValueOptions;

  /** Made with what messages call another plan. */
  constructor(otherPlan: string) {
    this.#options = {
      onRef: ({ owner }) => {
        if (owner !== this.owner) throw new TypeError(`value has a ref of ${otherPlan} in it`);
      },
    };
  }

  /**
   * Encodes the arguments of a step.
   *
   * @throws {TypeError} {@linkcode RangeError} One cannot be stored; the message says which.
   */
  encodeArguments(args: readonly unknown[], label: string): Encoded {
    if (args.length === 0) return {};
    try {
      return encodeValue(args, this.#options);
    } catch (error) {
      if (error instanceof ValueTooLarge) {
        throw new RangeError(`Cannot store the arguments of ${label}: ${error.message}`, { cause: error });
      }
      // Once more, one by one, to say which argument it is.
      for (const [index, arg] of args.entries()) this.#encode(arg, `argument ${index + 1} of ${label}`);
      throw error;
    }
  }

  /**
   * Encodes what the plan returns.
   *
   * @throws {TypeError} {@linkcode RangeError} It cannot be stored.
   */
  encodeResult(value: unknown, what: string): Encoded {
    const encoded = this.#encode(value, what);
    if (findPlaceholders(encoded).some(({ kind }) => kind === "env")) {
      throw new TypeError("Cannot return env(…): a variable of the environment is for steps, read it yourself");
    }
    return encoded;
  }

  #encode(value: unknown, what: string): Encoded {
    try {
      return encodeValue(value, this.#options);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const message = `Cannot store ${what}: ${error.message}`;
      throw error instanceof RangeError ? new RangeError(message) : new TypeError(message);
    }
  }
}
