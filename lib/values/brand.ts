/**
 * Brands still work if a process has two copies of the library (that of the command line, and one that a step module
 * imports). `instanceof` would not: the other copy has other classes.
 */

/** Number of the protocol of branded objects. Raise it when the meaning of their data changes. */
const PROTOCOL = 1;

/** The data of each kind of branded object, the same in every copy of the library. */
export interface BrandData {
  /** A placeholder for the value of an earlier step. `owner` is one object per transaction, compared by identity. */
  ref: { readonly owner: object; readonly step: string; readonly path: readonly string[] };
  env: { readonly name: string };
  plan: { readonly build: (planner: never) => unknown };
  /** A function that already knows its module and export. */
  "step-function": { readonly module: string; readonly export: string };
  /** What was passed to `schedules`, by name. */
  schedules: { readonly list: Readonly<Record<string, unknown>> };
}

const SYMBOLS: Readonly<Record<keyof BrandData, symbol>> = {
  ref: Symbol.for("@x/resumable-tx/ref"),
  env: Symbol.for("@x/resumable-tx/env"),
  plan: Symbol.for("@x/resumable-tx/plan"),
  "step-function": Symbol.for("@x/resumable-tx/step-function"),
  schedules: Symbol.for("@x/resumable-tx/schedules"),
};

/** Brands an object. Every copy of the library can read the data, which is not enumerable. */
export function setBrand<K extends keyof BrandData>(target: object, kind: K, data: BrandData[K]): void {
  Object.defineProperty(target, SYMBOLS[kind], { value: Object.freeze({ protocol: PROTOCOL, ...data }) });
}

/** Reads the brand of a value, if it has one of this kind; refuses one of another protocol. */
export function readBrand<K extends keyof BrandData>(value: unknown, kind: K): BrandData[K] | undefined {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return undefined;
  const data = Object.getOwnPropertyDescriptor(value, SYMBOLS[kind])?.value;
  if (data === undefined || data.protocol === PROTOCOL) return data;
  throw new TypeError(
    `Cannot use a ${kind} of another version of resumable-tx: it follows protocol ${String(data?.protocol)}, this ` +
      `version follows ${PROTOCOL}. Use the same version in both places`,
  );
}
