import { walk } from "@std/fs/walk";
import { fromFileUrl } from "@std/path/from-file-url";
import { toFileUrl } from "@std/path/to-file-url";

const ROOT = fromFileUrl(new URL("../", import.meta.url));

/**
 * Lists the test files of the project, in the order of their names.
 *
 * @returns Their paths from the project's folder.
 */
export async function listTests(): Promise<readonly string[]> {
  const files = await Array.fromAsync(walk(`${ROOT}tests`, { match: [/_test\.ts$/], includeDirs: false }));
  return files.map(({ path }) => path.slice(ROOT.length).replaceAll("\\", "/")).toSorted();
}

/**
 * Makes a module that imports test files, so that they run in one isolate. `deno test` starts an isolate for each file
 * that it is given, which takes longer than most of these files do.
 */
export function suiteModule(files: readonly string[]): string {
  return files.map((file) => `import ${JSON.stringify(toFileUrl(`${ROOT}${file}`).href)};\n`).join("");
}
