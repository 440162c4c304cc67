/** What `JSON.parse` can return. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  /** Members by key. */
  readonly [key: string]: Json;
}

/** A value as the journal holds it: plain JSON, and beside it a note on what is not plain. */
export interface Encoded {
  /** The value; absent when it is `undefined`. Of plain data exactly what `JSON.stringify` would write. */
  readonly value?: Json;
  /** Which parts of `value` stand for something that JSON has no word for; absent when none does. */
  readonly meta?: Json;
}
