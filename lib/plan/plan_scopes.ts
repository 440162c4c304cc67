/** Where a planner adds nodes: the whole plan, or one of its groups. */
export interface PlanScope {
  /** How the ids in it begin. */
  readonly prefix: string;
  /** What messages call it. */
  readonly label: string;
  /** The last number given to a node in it. */
  count: number;
}

/** Knows which planner is valid: only that of the innermost group whose callback runs. */
export class PlanScopes {
  readonly root: PlanScope;
  /** Or why the plan is closed, so that one comparison is enough for every step. */
  #open: PlanScope | string;

  /** `parent`: the step whose plan it is; empty for a transaction's. `next`: the number of its first node. */
  constructor(parent: string, next: number) {
    this.root = { prefix: parent === "" ? "" : `${parent}.`, label: "the whole plan", count: next - 1 };
    this.#open = this.root;
  }

  /** Refuses the planner of a scope that is not valid now, and names the one that is. */
  check(scope: PlanScope): void {
    if (scope !== this.#open) throw this.#refusal(scope);
  }

  /** Refuses options for nodes of a plan that is sealed, or can no longer be used. */
  checkOpen(): void {
    if (typeof this.#open === "string") throw this.#refusal(this.root);
  }

  /** Calls the callback of a group, whose planner is valid meanwhile. If it throws or is async, the plan ends. */
  within<V>(outer: PlanScope, inner: PlanScope, build: (inner: PlanScope) => V): V {
    this.#open = inner;
    try {
      const value = build(inner);
      refusePromise(value);
      if (typeof this.#open !== "string") this.#open = outer;
      return value;
    } catch (error) {
      if (typeof this.#open !== "string") this.#open = `the callback of ${inner.label} has failed`;
      throw error;
    }
  }

  /** Ends planning, unless it has ended already or the callback of a group runs. */
  seal(): void {
    this.check(this.root);
    this.#open = "the plan is sealed, its transaction runs or has run";
  }

  #refusal(scope: PlanScope): TypeError {
    const open = this.#open;
    if (typeof open === "string") return new TypeError(`Cannot plan any more: ${open}`);
    const good = open === this.root ? open.label : `${open.label}, which its callback gets`;
    const use = open.prefix.startsWith(scope.prefix)
      ? `in the callback of ${open.label}: use the one that the callback gets`
      : `outside of its callback: use the planner of ${good}`;
    return new TypeError(`Cannot use the planner of ${scope.label} ${use}`);
  }
}

/**
 * Lets the type checker refuse an async callback, with a reason. A callback that returns `V` is `((t: Planner) => V) &
 * NotAsync<V>`.
 *
 * @typeParam V What the callback returns.
 *
 * @example
 * ```ts
 * import type { NotAsync, Planner, Ref } from "@x/resumable-tx";
 *
 * // Plans something under a name of its own; does not take an async callback.
 * export function planNamed<V>(t: Planner, name: string, build: ((t: Planner) => V) & NotAsync<V>): V {
 *   return t.sequence(build, { name });
 * }
 * ```
 */
export type NotAsync<V> = unknown extends V ? unknown
  : [Extract<V, PromiseLike<unknown>>] extends [never] ? unknown
  : { "This callback must not be async: plan first, then let the steps do what takes time": never };

/** Refuses a promise: what an async callback has returned. */
export function refusePromise(value: unknown): void {
  if (typeof value !== "object" || value === null || !("then" in value) || typeof value.then !== "function") return;
  // A later rejection is a consequence of this error, and nothing else handles it.
  Promise.resolve(value).catch(() => {});
  throw new TypeError("Cannot plan in an async function: plan first, then let the steps do what takes time");
}
