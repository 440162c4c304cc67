/** One change of a file. */
export interface MutantEdit {
  /** Path from the project's folder. */
  readonly file: string;
  /** A text that stands in it exactly once. */
  readonly find: string;
  /** What stands there instead. */
  readonly replace: string;
}

/** The library with something broken on purpose. */
export interface Mutant {
  /** What is broken. */
  readonly name: string;
  /** How. */
  readonly edits: readonly MutantEdit[];
  /** The test files that should notice, the fastest first. */
  readonly tests: readonly string[];
}
