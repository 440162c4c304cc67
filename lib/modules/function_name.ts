/** Where another process finds a function. */
export interface FunctionName {
  /** The module's URL. */
  readonly module: string;
  /** The export's name. */
  readonly export: string;
}

/** Gives one text per function name. Unambiguous, since a module URL that passed the check holds no line break. */
export function functionKey(name: FunctionName): string {
  return `${name.module}\n${name.export}`;
}
