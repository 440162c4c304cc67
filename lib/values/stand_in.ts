import type { Json } from "./json.ts";

/** Names of what superjson does not know of itself; they are in journals for ever. */
export type CustomName = "ref" | "env" | "bytes" | "error" | "object";

/** Stands for a leaf of a custom type on the way through superjson, with its JSON ready. */
export class StandIn {
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
