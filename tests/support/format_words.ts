/** The tables of shapes that a journal is checked by. */
const TABLES = ["lib/journal/event.ts", "lib/plan/node.ts"];

/** Every key and every word that the shapes of events and nodes know: types, kinds and decisions are among the keys. */
export async function formatWords(): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const path of TABLES) {
    const source = await Deno.readTextFile(new URL(`../../${path}`, import.meta.url));
    const code = source.replace(/\/\*\*.*?\*\//gs, "");
    const table = code.slice(code.search(/^const \w+ = (?:text|objectOf)/m), code.search(/^export function/m));
    for (const [, key, discriminant = ""] of table.matchAll(/[{,]\s*"?([A-Za-z0-9]+)\??"?:|variants\("(\w+)"/g)) {
      found.add(key ?? discriminant);
    }
    for (const [, words = ""] of table.matchAll(/word\(([^)]*)\)/g)) {
      for (const [, word = ""] of words.matchAll(/"(\w+)"/g)) found.add(word);
    }
  }
  return [...found];
}
