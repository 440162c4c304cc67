import type { Home } from "../plan/home.ts";
import { lexModule } from "./lex_module.ts";
import { readSource } from "./module_source.ts";

/** A module that another one imports, as text. */
export interface ImportedSource {
  /** Its URL. */
  readonly url: string;
  /** The JavaScript that Deno runs of it. */
  readonly source: string;
}

/** Reads the modules that home imports statically, as far as they have a source that can be read. Runs nothing of them. */
export async function readImports(home: Home, specifiers: readonly string[]): Promise<readonly ImportedSource[]> {
  const urls = new Set(specifiers.map((specifier) => home.resolve(specifier)));
  const sources: ImportedSource[] = [];
  for (const url of urls) {
    if (url === home.url || !/^(?:file|https?):/.test(url)) continue;
    try {
      sources.push({ url, source: (await lexModule(url, await readSource(url))).source });
    } catch {
      // JSX, JSON, or a module without a text: nothing that a function could be mistaken for can be found there.
    }
  }
  return sources;
}
