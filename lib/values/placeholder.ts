/** What stands in a stored value for something that is only known when the step runs. */
export type Placeholder =
  | {
    /** The value of an earlier step. */
    readonly kind: "ref";
    /** Id of that step. */
    readonly step: string;
    /** Which part of its value, as keys from the outside in; empty for the whole. */
    readonly path: readonly string[];
  }
  | {
    /** An environment variable. */
    readonly kind: "env";
    /** The variable's name. */
    readonly name: string;
  };
