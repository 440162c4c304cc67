import type { Json } from "../values/json.ts";

/** A module that steps are taken from. */
export interface ModuleEntry {
  /** Where it was when the plan was made. */
  readonly url: string;
  /** SHA-256 of its source in hexadecimal; absent for `npm:` modules, whose version says enough. */
  readonly sha256?: string;
}

/** A module that is elsewhere, or has changed, since the plan was made. */
export interface ModuleChange {
  /** Index into the module table. */
  readonly module: number;
  /** Where it is now, if it moved. */
  readonly url?: string;
  /** SHA-256 of its source now, if that changed. */
  readonly sha256?: string;
}

/** Who runs a transaction: enough to find the process. Each member is left out when its permission is not granted. */
export interface Runner {
  /** Process id. */
  readonly pid?: number;
  /** Host name. */
  readonly host?: string;
  /** W3C `traceparent` of the run's span, when traces are on. */
  readonly trace?: string;
}

/** A value and what in it is not plain JSON. An absent value is `undefined`. */
export interface StoredValue {
  /** The value. */
  readonly value?: Json;
  /** What in `value` is not plain JSON. */
  readonly valueMeta?: Json;
}

/** What the author said about the transaction as a whole. */
export interface StoredOptions {
  /** Whether the journal stays when the transaction has finished. */
  readonly keep?: boolean;
  /** What happens when a step has failed for good. */
  readonly onFailure?: "stop" | "rollback";
}

/** An error as a journal holds it. */
export interface StoredError {
  /** The error's name, or the kind of value that was thrown. */
  readonly name: string;
  /** Its message. */
  readonly message: string;
  /** Where it was thrown. */
  readonly stack?: string;
  /** Its `code`, as system errors have one. */
  readonly code?: string;
  /** What caused it. */
  readonly cause?: StoredError;
}

/** Why a step's value is not there. */
export interface Dropped {
  /** In words. */
  readonly reason: string;
  /** Its size in bytes, when it was the size. */
  readonly bytes?: number;
}

/** What a recovery did. */
export interface Recovered {
  /** How many bytes were cut off. */
  readonly cutBytes: number;
  /** The file, beside the journal, that keeps them. */
  readonly savedAs?: string;
}
