import type { MutantEdit } from "./mutant.ts";

/**
 * Changes a text as a mutant says.
 *
 * @throws {Error} What is to be replaced does not stand there exactly once: the mutant has to be written anew.
 */
export function applyMutant(text: string, edit: MutantEdit): string {
  const parts = text.split(edit.find);
  if (parts.length === 2) return parts.join(edit.replace);
  const found = parts.length === 1 ? "is not there" : `stands there ${parts.length - 1} times`;
  throw new Error(`Cannot change ${edit.file}: ${JSON.stringify(edit.find)} ${found}`);
}
