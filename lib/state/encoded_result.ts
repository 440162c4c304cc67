import type { Encoded } from "../values/json.ts";
import type { State } from "./state.ts";

/** What the transaction returns, with refs in it, in the form that `decodeValue` takes. */
export function encodedResult(state: State): Encoded {
  const { value, valueMeta } = state.value;
  return { ...(value === undefined ? {} : { value }), ...(valueMeta === undefined ? {} : { meta: valueMeta }) };
}
