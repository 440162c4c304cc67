type Constructor = new (message?: string, options?: ErrorOptions) => Error;

// Looked up both ways. AggregateError takes its errors first and is made where the others are not.
const CONSTRUCTORS: ReadonlyMap<string, Constructor> = new Map<string, Constructor>([
  ["Error", Error],
  ["EvalError", EvalError],
  ["RangeError", RangeError],
  ["ReferenceError", ReferenceError],
  ["SyntaxError", SyntaxError],
  ["TypeError", TypeError],
  ["URIError", URIError],
]);

const TYPES: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  ...[...CONSTRUCTORS].map(([type, constructor]): [unknown, string] => [constructor.prototype, type]),
  [AggregateError.prototype, "AggregateError"],
]);

/** Names the built-in class of an error; `undefined` when it is of another class, a derived one too. */
export function findErrorType(error: object): string | undefined {
  return TYPES.get(Object.getPrototypeOf(error));
}

/** Makes an error of a built-in class that {@linkcode findErrorType} has named. */
export function createError(type: string): Error {
  if (type === "AggregateError") return new AggregateError([]);
  const constructor = CONSTRUCTORS.get(type);
  if (constructor === undefined) throw new TypeError(`Cannot make an error of class ${JSON.stringify(type)}`);
  return new constructor();
}

/** Tells whether a name is one that {@linkcode findErrorType} gives. */
export function isErrorType(type: unknown): type is string {
  return type === "AggregateError" || (typeof type === "string" && CONSTRUCTORS.has(type));
}
