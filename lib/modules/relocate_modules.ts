/**
 * Moves the modules of a transaction along with its home module: home becomes the new home, and each other `file:`
 * module is taken where it lay relative to home. All else stays: a remote module is where it was.
 */
export function relocateModules(modules: readonly string[], oldHome: string, newHome: string): readonly string[] {
  return modules.map((module) => {
    if (module === oldHome) return newHome;
    const path = findRelativePath(oldHome, module);
    return path === undefined ? module : new URL(path, newHome).href;
  });
}

function findRelativePath(from: string, to: string): string | undefined {
  // A journal may name anything; what is no URL is refused when it is loaded.
  const [source, target] = [URL.parse(from), URL.parse(to)];
  if (
    source === null || target === null || source.protocol !== "file:" || target.protocol !== "file:" ||
    source.host !== target.host
  ) return undefined;
  const folders = source.pathname.split("/").slice(0, -1);
  const parts = target.pathname.split("/");
  let shared = 0;
  while (shared < folders.length && shared < parts.length - 1 && folders[shared] === parts[shared]) shared++;
  const up = "../".repeat(folders.length - shared);
  return `./${up}${parts.slice(shared).join("/")}${target.search}${target.hash}`;
}
