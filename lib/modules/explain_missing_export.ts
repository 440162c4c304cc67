import { findNearMatch } from "../values/near_match.ts";

/** How many exports a message lists. */
const LISTED_EXPORTS = 20;

/** Says that a module has no such export, which ones it has, and which one may be meant: the end of a sentence. */
export function explainMissingExport(wanted: string, names: readonly string[]): string {
  if (names.length === 0) return "the module exports nothing";
  const near = findNearMatch(wanted, names);
  const question = near === undefined ? "" : `. Is ${JSON.stringify(near)} meant?`;
  const listed = names.slice(0, LISTED_EXPORTS).map((name) => JSON.stringify(name)).join(", ");
  const rest = names.length > LISTED_EXPORTS ? ` and ${names.length - LISTED_EXPORTS} more` : "";
  return `the module has no such export, only ${listed}${rest}${question}`;
}
