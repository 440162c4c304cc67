import { ModuleUnavailable } from "../errors/planning_errors.ts";
import { reasonOf } from "./reason_of.ts";

/**
 * Reads a module's source as its author wrote it. Needs the permission that importing the module needs, runs nothing of
 * it, and works while the module is still being evaluated, when importing it would never settle.
 *
 * @throws {ModuleUnavailable} There is no such module, or it may not be read.
 */
export async function readSource(url: string): Promise<string> {
  let text: unknown;
  try {
    const imported: { readonly default?: unknown } = await import(url, { with: { type: "text" } });
    text = imported.default;
  } catch (error) {
    const message = `Cannot read ${JSON.stringify(url)}: ${reasonOf(error)}`;
    throw new ModuleUnavailable(url, undefined, message, { cause: error });
  }
  if (typeof text === "string") return text;
  throw new ModuleUnavailable(url, undefined, `Cannot read ${JSON.stringify(url)}: it is no text`);
}
