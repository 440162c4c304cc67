/**
 * Marks that survive two copies of the library in one process (the command line's, and the one that a step module
 * imports). Never `instanceof`: the other copy has other classes.
 */

/** The number of the protocol that branded objects follow. Raised when the meaning of their data changes. */
const PROTOCOL = 1;

/** What each kind of branded object says of itself. Plain data, the same for every copy of the library. */
export interface BrandData {
  /** A place-holder for the value of an earlier step. `owner` is one object per transaction, compared by identity. */
  ref: { readonly owner: object; readonly step: string; readonly path: readonly string[] };
  /** A place-holder for an environment variable. */
  env: { readonly name: string };
  /** A sub-plan that a step returns. */
  plan: { readonly build: (planner: never) => unknown };
  /** A function that knows its module and export already. */
  "step-function": { readonly module: string; readonly export: string };
}

/** What can carry a brand. */
type BrandKind = keyof BrandData;

const SYMBOLS: Readonly<Record<BrandKind, symbol>> = {
  ref: Symbol.for("@x/resumable-tx/ref"),
  env: Symbol.for("@x/resumable-tx/env"),
  plan: Symbol.for("@x/resumable-tx/plan"),
  "step-function": Symbol.for("@x/resumable-tx/step-function"),
};

/** Marks an object. The data stays readable to every copy of the library, and is not enumerable. */
export function setBrand<K extends BrandKind>(target: object, kind: K, data: BrandData[K]): void {
  Object.defineProperty(target, symbolOf(kind), { value: Object.freeze({ protocol: PROTOCOL, ...data }) });
}

/**
 * Reads the brand of a value, if it has one of this kind.
 *
 * @throws {TypeError} The value carries the brand under a protocol that this version does not know.
 */
export function readBrand<K extends BrandKind>(value: unknown, kind: K): BrandData[K] | undefined {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return undefined;
  const data = Object.getOwnPropertyDescriptor(value, symbolOf(kind))?.value;
  if (data === undefined) return undefined;
  if (data.protocol === PROTOCOL) return data;
  throw new TypeError(
    `Cannot use a ${kind} of another version of resumable-tx: it follows protocol ${String(data?.protocol)}, this ` +
      `version follows ${PROTOCOL}. Let both use the same version`,
  );
}

function symbolOf(kind: BrandKind): symbol {
  return SYMBOLS[kind];
}
