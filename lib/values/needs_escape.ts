import { escapeJsonText } from "./escape_text.ts";

// What JSON.stringify and escapeJsonText leave alone without a doubt.
const PERHAPS_ESCAPED = /[^\x20!\x23-\x5b\x5d-\x7e]/;

/**
 * Tells whether a key would be written with an escape in the journal. Such keys must not be keys there: `JSON.parse` of
 * V8 (13.6 to 15.0 at least; https://issues.chromium.org/issues/521080746) takes an escaped key for another one when it
 * has seen that one before and it is spelled like the beginning of the escaped text. After an object with the key `\`,
 * the key `"`, written `\"`, may be read as `\`, silently.
 */
export function needsEscape(key: string): boolean {
  return PERHAPS_ESCAPED.test(key) && escapeJsonText(JSON.stringify(key)).length !== key.length + 2;
}
