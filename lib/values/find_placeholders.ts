import { checkMeta } from "./annotations.ts";
import type { Encoded } from "./json.ts";
import type { Placeholder } from "./placeholder.ts";

/**
 * Finds the placeholders in an encoded value without decoding it. Costs nothing when the value is plain.
 *
 * @throws {TypeError} The meta is not what {@linkcode encodeValue} writes.
 */
export function findPlaceholders(encoded: Encoded): readonly Placeholder[] {
  if (encoded.value === undefined || encoded.meta === undefined) return [];
  return checkMeta(encoded.value, encoded.meta);
}
