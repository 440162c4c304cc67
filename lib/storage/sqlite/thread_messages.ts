import type { DatabaseTrouble } from "../sql/database.ts";
import type { Tables } from "./tables.ts";

/** What the thread of the steps sends. */
export type Request =
  | { readonly kind: "open"; readonly path: string }
  | { readonly kind: "calls"; readonly batch: number; readonly calls: readonly Call[] }
  | { readonly kind: "beat"; readonly worker: string; readonly leaseMs: number; readonly beatMs: number } & Beats
  | { readonly kind: "close" };

interface Beats {
  /** That of the `SharedPulse`. */
  readonly memory: SharedArrayBuffer;
  /** The clock of the sender when it sent this, which cannot be set. */
  readonly elapsed: number;
}

export type TableMethod = {
  [K in keyof Tables]: Tables[K] extends (...args: never[]) => unknown ? K : never;
}[keyof Tables];

export interface Call {
  readonly method: TableMethod;
  readonly args: readonly unknown[];
}

/** The outcome of a call. */
export type Answer =
  | { readonly value: unknown }
  | { readonly trouble: DatabaseTrouble; readonly message: string };

/** `batch` 0 is the opening. */
export interface Response {
  readonly batch: number;
  readonly answers: readonly Answer[];
}
