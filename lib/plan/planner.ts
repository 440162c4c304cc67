import { types } from "node:util";
import { encodeValue } from "../values/encode_value.ts";
import { findPlaceholders } from "../values/find_placeholders.ts";
import type { Encoded } from "../values/json.ts";
import { ValueTooLarge } from "../values/value_too_large.ts";
import { labelStep, type Plan, type PlannedStep } from "./planned_step.ts";
import { type AnyFunction, type Args, type Ref, StepRef } from "./ref.ts";
import {
  checkStepOptions,
  copyStepOptions,
  type PlannedOptions,
  type SharedOptions,
  type StepOptions,
} from "./step_options.ts";

/** The most steps of a plan. */
const MAX_STEPS = 1_000_000;

/**
 * Takes down the steps of a plan. Nothing runs while it does.
 */
export interface Planner {
  /**
   * Adds a step to the end of the plan: one call of one function.
   *
   * The arguments are stored now: changing an object afterwards changes nothing. The function must be found again by
   * another process: an exported function of this module or of one that it imports, or a member of `steps(…)`.
   * Of an overloaded function the last signature counts.
   *
   * @param fn The step function.
   * @param args Its arguments; in place of each, or anywhere inside of it, a ref may stand.
   * @returns The step, which is a ref to its value.
   * @throws {TypeError} `fn` is no function; an argument cannot be stored; a ref is not of this transaction; or the plan
   * is sealed already.
   * @throws {RangeError} The arguments are larger than 16 MiB.
   *
   * @example
   * ```ts
   * import { Transaction } from "@x/resumable-tx";
   *
   * export function createFolder(path: string): Promise<void> {
   *   return Deno.mkdir(path);
   * }
   *
   * const t = new Transaction(import.meta);
   * t.do(createFolder, "/srv/ana");
   * ```
   */
  do<A extends readonly unknown[], R>(fn: (...args: A) => R, ...args: Args<A>): Step<A, R>;

  /**
   * Makes a planner for the same plan, whose steps share some options.
   *
   * @param options Options of every step that it adds; a step's own `with` goes before them.
   * @returns The planner.
   * @throws {TypeError} An option is unknown or has no meaning.
   *
   * @example
   * ```ts
   * import { Transaction } from "@x/resumable-tx";
   *
   * export function copy(from: string, to: string): Promise<void> {
   *   return Deno.copyFile(from, to);
   * }
   *
   * const t = new Transaction(import.meta);
   * const repeatable = t.with({ interrupted: "retry" });
   * repeatable.do(copy, "a.txt", "b.txt");
   * repeatable.do(copy, "b.txt", "c.txt");
   * ```
   */
  with(options: SharedOptions): Planner;
}

/**
 * A step of a plan, and a ref to its value.
 *
 * @typeParam A The function's parameters.
 * @typeParam R What the function returns.
 */
export interface Step<A extends readonly unknown[], R> extends Ref<Awaited<R>> {
  /**
   * Says more about the step.
   *
   * @param options What to say. A later call goes before an earlier one.
   * @returns The step itself.
   * @throws {TypeError} An option is unknown or has no meaning, the name is taken, or the plan is sealed already.
   *
   * @example
   * ```ts
   * import { Transaction } from "@x/resumable-tx";
   *
   * export function upload(path: string): string {
   *   return `https://files.example/${path}`;
   * }
   *
   * const t = new Transaction(import.meta);
   * t.do(upload, "a.txt").with({ name: "upload", interrupted: "retry" });
   * ```
   */
  with(options: StepOptions<A, R>): Step<A, R>;
}

/** A step that can still be told more. */
type OpenStep = { -readonly [K in keyof PlannedStep]: PlannedStep[K] };

/** Collects what the planners of one transaction take down. */
export class PlanBuilder {
  readonly #owner = {};
  readonly #steps: OpenStep[] = [];
  readonly #names = new Set<string>();
  #isSealed = false;

  /** A planner whose steps share the given options. */
  planner(shared: SharedOptions): Planner {
    checkStepOptions(shared);
    if ("name" in shared) throw new TypeError('Cannot share the option "name": each step has its own');
    if (typeof shared.interrupted === "function") {
      throw new TypeError("Cannot share a probe: it is called with the arguments of one step, give it to that step");
    }
    const copied = copyStepOptions(shared);
    const planner = {
      do: (fn: AnyFunction, ...args: readonly unknown[]) => this.#add(fn, args, copied),
      with: (options: SharedOptions) => this.planner({ ...shared, ...options }),
    };
    // Types of refs live in the type checker alone.
    return planner as unknown as Planner;
  }

  /**
   * Ends planning.
   *
   * @param value What the transaction returns; may have refs in it.
   * @throws {TypeError} The value is a promise or cannot be stored, or the plan is sealed already.
   */
  seal(value: unknown): Plan {
    this.#refuseIfSealed();
    this.#isSealed = true;
    if (isThenable(value)) {
      Promise.resolve(value).catch(() => {});
      throw new TypeError("Cannot plan in an async function: plan first, then let the steps do what takes time");
    }
    const encoded = this.#encode(value, "the value of the transaction");
    if (findPlaceholders(encoded).some(({ kind }) => kind === "env")) {
      throw new TypeError("Cannot return env(…): a variable of the environment is for steps, read it yourself");
    }
    return { steps: this.#steps, value: encoded };
  }

  #add(fn: AnyFunction, args: readonly unknown[], options: PlannedOptions): StepRef {
    this.#refuseIfSealed();
    const id = String(this.#steps.length + 1);
    if (typeof fn !== "function") {
      throw new TypeError(`Cannot plan ${labelStep(id, "")}: its first argument is no function`);
    }
    if (types.isGeneratorFunction(fn)) {
      throw new TypeError(`Cannot plan ${labelStep(id, fn.name)}: it is a generator, of which a call runs nothing`);
    }
    if (this.#steps.length >= MAX_STEPS) throw new RangeError(`Cannot plan more than ${MAX_STEPS} steps`);
    const step: OpenStep = { id, fn, args: this.#encodeArguments(args, labelStep(id, fn.name)), options };
    this.#steps.push(step);
    return new PlannedStepRef({ owner: this.#owner, step: id, path: [] }, (more) => {
      step.options = this.#merge(step.options, more);
    });
  }

  #merge(options: PlannedOptions, more: PlannedOptions): PlannedOptions {
    this.#refuseIfSealed();
    checkStepOptions(more);
    if (more.name !== undefined && more.name !== options.name) {
      if (this.#names.has(more.name)) throw new TypeError(`Cannot name two steps ${JSON.stringify(more.name)}`);
      this.#names.add(more.name);
      if (options.name !== undefined) this.#names.delete(options.name);
    }
    return { ...options, ...copyStepOptions(more) };
  }

  #encodeArguments(args: readonly unknown[], label: string): Encoded {
    if (args.length === 0) return {};
    try {
      return encodeValue(args, { onRef: (ref) => this.#checkOwner(ref) });
    } catch (error) {
      if (error instanceof ValueTooLarge) {
        throw new RangeError(`Cannot store the arguments of ${label}: ${error.message}`, { cause: error });
      }
      // Once more, one by one, to say which argument it is.
      for (const [index, arg] of args.entries()) this.#encode(arg, `argument ${index + 1} of ${label}`);
      throw error;
    }
  }

  #encode(value: unknown, what: string): Encoded {
    try {
      return encodeValue(value, { onRef: (ref) => this.#checkOwner(ref) });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const message = `Cannot store ${what}: ${error.message}`;
      throw error instanceof RangeError ? new RangeError(message) : new TypeError(message);
    }
  }

  #checkOwner(ref: { readonly owner: object }): void {
    if (ref.owner !== this.#owner) throw new TypeError("value has a ref of another transaction in it");
  }

  #refuseIfSealed(): void {
    if (this.#isSealed) {
      throw new TypeError("Cannot plan any more: the plan is sealed, its transaction runs or has run");
    }
  }
}

/** The ref of a whole step, which can be told more. */
class PlannedStepRef extends StepRef {
  readonly #tell: (options: PlannedOptions) => void;

  constructor(data: ConstructorParameters<typeof StepRef>[0], tell: (options: PlannedOptions) => void) {
    super(data);
    this.#tell = tell;
  }

  with(options: PlannedOptions): this {
    this.#tell(options);
    return this;
  }
}

function isThenable(value: unknown): boolean {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
