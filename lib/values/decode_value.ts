import { checkMeta } from "./check_meta.ts";
import { copyJson } from "./copy_json.ts";
import { escapeForTerminal } from "./escape_for_terminal.ts";
import type { Encoded } from "./json.ts";
import { createSuperJson, type Resolve } from "./super_json.ts";

/**
 * Decodes a value from the journal, where anybody may have written it. Always a fresh copy.
 *
 * @param resolve Gives the value that a placeholder stands for. Without it, a placeholder is an error.
 * @throws {TypeError} The value or the meta beside it is not what {@linkcode encodeValue} writes.
 */
export function decodeValue(encoded: Encoded, resolve?: Resolve): unknown {
  const { value, meta } = encoded;
  if (value === undefined) {
    if (meta !== undefined) throw new TypeError("Cannot decode a value: there is meta without a value");
    return undefined;
  }
  const copy = copyJson(value);
  if (meta === undefined) return copy;
  const [placeholder] = checkMeta(copy, meta);
  if (placeholder !== undefined && resolve === undefined) {
    const name = placeholder.kind === "ref" ? `step ${placeholder.step}` : `environment variable ${placeholder.name}`;
    throw new TypeError(`Cannot decode a value: it has a placeholder for ${escapeForTerminal(name)}`);
  }
  // Both have been checked above, more strictly than superjson's types could say.
  const payload = { json: copy as never, meta: meta as never };
  return createSuperJson(resolve ?? (() => undefined)).deserialize(payload, { inPlace: true });
}
