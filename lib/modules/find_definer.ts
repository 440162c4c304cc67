import { findInHome } from "./find_in_home.ts";
import { homeAt } from "./home_at.ts";
import { indexImports } from "./import_index.ts";
import { type LexedModule, lexModule } from "./lex_module.ts";
import { readSource } from "./read_source.ts";
import type { StepFunction } from "./step_function.ts";

/**
 * Finds the module that a function is written in: from a module that exports it along the modules that this one has it
 * from, by identity, as far as their sources can be searched.
 *
 * @param url A loaded module that exports the function, under whatever name.
 * @param fn The function.
 * @returns The URL of that module; `url` itself if it has the function from no other.
 */
export async function findDefiner(url: string, fn: StepFunction): Promise<string> {
  const text = { name: String(fn.name), text: Function.prototype.toString.call(fn) };
  const visited = new Set<string>();
  let definer = url;
  for (let next: string | undefined = url; next !== undefined && !visited.has(next);) {
    visited.add(next);
    const module = await lexIfPossible(next);
    if (module === undefined) return definer;
    definer = next;
    if (findInHome(module, text) !== undefined) return definer;
    next = (await indexImports(homeAt(next), module.imports)).found.get(fn)?.module;
  }
  return definer;
}

async function lexIfPossible(url: string): Promise<LexedModule | undefined> {
  try {
    return await lexModule(url, await readSource(url));
  } catch {
    return undefined;
  }
}
