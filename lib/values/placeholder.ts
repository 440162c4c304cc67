import type { Json } from "./json.ts";

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

/** Names of what superjson does not know of itself; they are in journals for ever. */
export type CustomName = "ref" | "env" | "bytes" | "error" | "object";

/** Stands for a leaf of a custom type on the way through superjson, with its JSON ready. */
export class CustomLeaf {
  /** Of which custom type. */
  readonly custom: CustomName;
  /** What the journal holds in its place. */
  readonly json: Json;

  /** Made by the walk. */
  constructor(custom: CustomName, json: Json) {
    this.custom = custom;
    this.json = json;
  }
}
