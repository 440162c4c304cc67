import type { StepState } from "./step_state.ts";

const ZERO = 0x30;

/**
 * The nodes of a plan by id, in the order in which they became part of it. Nearly all ids of a long plan are the numbers
 * from 1 on: these are indexes of a list, since hashing such a text takes V8 longer than everything else about a node.
 */
export class StepIndex {
  readonly #numbered: (StepState | undefined)[] = [];
  readonly #others = new Map<string, StepState>();
  readonly #inOrder: StepState[] = [];
  readonly #gone = new Set<StepState>();

  get size(): number {
    return this.#inOrder.length - this.#gone.size;
  }

  get(id: string): StepState | undefined {
    const step = this.#numbered[placeOf(id)];
    return step?.node.id === id ? step : this.#others.get(id);
  }

  has(id: string): boolean {
    return this.get(id) !== undefined;
  }

  add(step: StepState): void {
    const { id } = step.node;
    this.#inOrder.push(step);
    if (placeOf(id) === this.#numbered.length) this.#numbered.push(step);
    else this.#others.set(id, step);
  }

  /** How many were ever added, which is how many a visit to all of them passes. */
  get added(): number {
    return this.#inOrder.length;
  }

  delete(id: string): void {
    const step = this.get(id);
    if (step === undefined) return;
    this.#gone.add(step);
    if (!this.#others.delete(id)) this.#numbered[placeOf(id)] = undefined;
  }

  *values(): Generator<StepState> {
    for (const step of this.#inOrder) if (!this.#gone.has(step)) yield step;
  }
}

/** What is taken in the order in which it was added. Taking the first of a long array moves all others. */
export class Queue<T> {
  #items: T[] = [];
  #taken = 0;

  get length(): number {
    return this.#items.length - this.#taken;
  }

  get first(): T | undefined {
    return this.#items[this.#taken];
  }

  add(item: T): void {
    this.#items.push(item);
  }

  take(): T | undefined {
    const { first } = this;
    if (this.length > 0) this.#taken += 1;
    if (this.#taken > this.length) {
      this.#items = this.#items.slice(this.#taken);
      this.#taken = 0;
    }
    return first;
  }
}

/** The index of a plain number; -1 for an id that is none. With leading zeros, it is the index of another node. */
function placeOf(id: string): number {
  let number = 0;
  for (let i = 0; i < id.length; i += 1) {
    const digit = id.charCodeAt(i) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number - 1;
}
