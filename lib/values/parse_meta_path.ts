/**
 * Splits a path of superjson's meta into keys. Dots separate; `\.` is a dot and `\\` a backslash within a key.
 * `undefined` when a backslash stands before something else.
 */
export function parseMetaPath(path: string): readonly string[] | undefined {
  if (!path.includes("\\")) return path.split(".");
  const keys: string[] = [];
  let key = "";
  for (let index = 0; index < path.length; index++) {
    const character = path.charAt(index);
    if (character === ".") {
      keys.push(key);
      key = "";
    } else if (character === "\\") {
      const escaped = path.charAt(++index);
      if (escaped !== "." && escaped !== "\\") return undefined;
      key += escaped;
    } else key += character;
  }
  return [...keys, key];
}
