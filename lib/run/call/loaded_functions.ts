import { loadFunctions } from "../../modules/load_functions.ts";
import { functionKey, type FunctionName, type StepFunction } from "../../modules/step_function.ts";

/** The functions of all steps that may run. A step that returns a plan brings more. */
export class LoadedFunctions {
  readonly #functions: Map<string, StepFunction>;
  readonly #isResumed: boolean;
  #loading = 0;

  /**
   * @param functions What was loaded before the run, by `functionKey`.
   * @param isResumed The transaction is being resumed: a module that is loaded must not start one.
   */
  constructor(functions: ReadonlyMap<string, StepFunction>, isResumed: boolean) {
    this.#functions = new Map(functions);
    this.#isResumed = isResumed;
  }

  /** The function of a name, if it is there. */
  get(name: FunctionName): StepFunction | undefined {
    return this.#functions.get(functionKey(name));
  }

  /** Whether one of these is not there. */
  lacks(names: readonly FunctionName[]): boolean {
    return names.some((name) => this.get(name) === undefined);
  }

  /** More are on their way. */
  get isLoading(): boolean {
    return this.#loading > 0;
  }

  /**
   * Announces that more will be loaded: no step begins before all are there.
   *
   * @param known Functions that are at hand, by `functionKey`.
   * @returns Loads them. To be called when everything that has happened is durable. Throws `ModuleUnavailable` when a module
   * or an export is missing or not permitted.
   */
  announce(names: readonly FunctionName[], known: ReadonlyMap<string, StepFunction>): () => Promise<void> {
    this.#loading += 1;
    return async () => {
      try {
        const missing = names.filter((name) => this.get(name) === undefined);
        for (const [key, fn] of await loadFunctions(missing, { known, forResume: this.#isResumed })) {
          this.#functions.set(key, fn);
        }
      } finally {
        this.#loading -= 1;
      }
    };
  }
}
