/** Where a planner puts what it takes down: the plan as a whole, or one of its groups. */
export interface PlanScope {
  /** What the ids in it begin with. */
  readonly prefix: string;
  /** Where it is; nothing for the plan as a whole. */
  readonly outer: PlanScope | undefined;
  /** What messages call it. */
  readonly label: string;
  /** The last number given to a node in it. */
  count: number;
}

/** A group whose callback is to be called. */
interface GroupPlace {
  /** The group's id. */
  readonly id: string;
  /** What messages call it. */
  readonly label: string;
}

const SEALED = "the plan is sealed, its transaction runs or has run";

/**
 * Knows which planner is good: that of the innermost group whose callback runs, and no other. With another the author
 * would put steps elsewhere than where they are written.
 */
export class PlanScopes {
  /** The plan as a whole. */
  readonly root: PlanScope;
  // Nothing once the plan can have no more nodes, so that one comparison answers all on the way of every step.
  #open: PlanScope | undefined;
  #end: string | undefined;

  /**
   * Begins with the plan as a whole.
   *
   * @param parent Id of the step whose plan it is; empty for that of a transaction.
   * @param next The number of its first node.
   */
  constructor(parent: string, next: number) {
    const prefix = parent === "" ? "" : `${parent}.`;
    this.root = { prefix, outer: undefined, label: "the whole plan", count: next - 1 };
    this.#open = this.root;
  }

  /**
   * Checks that a scope's planner may be used now.
   *
   * @throws {TypeError} It may not; the message says which may.
   */
  check(scope: PlanScope): void {
    if (scope !== this.#open) throw this.#refusal(scope);
  }

  /**
   * Checks that something may still be said about what is planned, wherever it is.
   *
   * @throws {TypeError} The plan is sealed, or of no use.
   */
  checkOpen(): void {
    if (this.#open === undefined) throw this.#refusal(this.root);
  }

  /**
   * Calls a group's callback, with the group's planner good as long as it runs.
   *
   * @throws {TypeError} The callback is async.
   * @throws What the callback throws. The group is not whole then, and the plan of no use.
   */
  within<V>(outer: PlanScope, { id, label }: GroupPlace, build: (inner: PlanScope) => V): V {
    const inner: PlanScope = { prefix: `${id}.`, outer, label, count: 0 };
    this.#open = inner;
    try {
      const value = build(inner);
      refusePromise(value);
      if (this.#end === undefined) this.#open = outer;
      return value;
    } catch (error) {
      this.#close(`the callback of ${label} has not come to its end`);
      throw error;
    }
  }

  /**
   * Ends planning.
   *
   * @throws {TypeError} It has ended already, or a group's callback runs.
   */
  seal(): void {
    this.check(this.root);
    this.#close(SEALED);
  }

  #close(end: string): void {
    this.#end ??= end;
    this.#open = undefined;
  }

  #refusal(scope: PlanScope): TypeError {
    const open = this.#open;
    if (open === undefined) return new TypeError(`Cannot plan any more: ${this.#end ?? SEALED}`);
    if (isInside(open, scope)) {
      return new TypeError(
        `Cannot use the planner of ${scope.label} in the callback of ${open.label}: use the one that the callback gets`,
      );
    }
    const good = open === this.root ? open.label : `${open.label}, which its callback gets`;
    return new TypeError(
      `Cannot use the planner of ${scope.label} outside of its callback: use the planner of ${good}`,
    );
  }
}

function isInside(scope: PlanScope, outer: PlanScope): boolean {
  for (let at = scope.outer; at !== undefined; at = at.outer) {
    if (at === outer) return true;
  }
  return false;
}

/**
 * Refuses what a callback returned that should have planned, and was async.
 *
 * @throws {TypeError} The value is a promise.
 */
export function refusePromise(value: unknown): void {
  if (typeof value !== "object" || value === null || !("then" in value) || typeof value.then !== "function") return;
  // What goes wrong in it later follows from this, and nobody waits for it.
  Promise.resolve(value).catch(() => {});
  throw new TypeError("Cannot plan in an async function: plan first, then let the steps do what takes time");
}
