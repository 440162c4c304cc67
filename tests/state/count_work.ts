type Cost = (self: unknown, result: unknown, args: readonly unknown[]) => number;

/** What a call does, counted and not timed: how many items of lists, maps and sets it visits, copies or compares. */
export function countWork(work: () => void): number {
  let count = 0;
  const undo: (() => void)[] = [];
  const replace = (holder: object, name: string | symbol, cost: Cost) => {
    const original = Object.getOwnPropertyDescriptor(holder, name);
    const call: unknown = original?.value;
    if (original === undefined || typeof call !== "function") throw new TypeError(`No method ${String(name)}`);
    const value = function (this: unknown, ...args: unknown[]): unknown {
      const result: unknown = Reflect.apply(call, this, args);
      count += cost(this, result, args);
      return result;
    };
    Object.defineProperty(holder, name, { ...original, value });
    undo.push(() => Object.defineProperty(holder, name, original));
  };
  const length = (list: unknown) => (Array.isArray(list) ? list.length : 0);
  for (const iterator of [[].values(), new Map().values(), new Set().values()]) {
    replace(Object.getPrototypeOf(iterator), "next", () => 1);
  }
  for (
    const name of [
      "map",
      "filter",
      "some",
      "every",
      "find",
      "findIndex",
      "findLast",
      "findLastIndex",
      "flatMap",
      "reduce",
      "concat",
    ]
  ) {
    replace(Array.prototype, name, length);
  }
  // These are quick, item by item.
  for (const name of ["indexOf", "includes", "shift", "unshift"]) {
    replace(Array.prototype, name, (list) => length(list) / 64);
  }
  replace(Array.prototype, "lastIndexOf", (list, result) => (length(list) - Number(result)) / 64);
  replace(Array.prototype, "slice", (_list, result) => length(result) / 64);
  replace(Array.prototype, "splice", (list, result, [from]) => (length(list) + length(result) - Number(from)) / 64);
  try {
    work();
  } finally {
    for (const restore of undo) restore();
  }
  return count;
}
