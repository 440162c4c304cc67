import { assertEquals } from "@std/assert";
import { copyCache } from "./copy_cache.ts";
import { permittedTest } from "./permitted_test.ts";
import { CLI, type DenoOptions, type ProcessEnd, runDeno } from "./run_deno.ts";

const ALL = ["read", "write", "run", "sys"] as const;
const NOBODY = 65534;

/**
 * Runs the command line as a user who is not root: this one, or one that root lends.
 *
 * @param folder Its working folder.
 */
export async function runAsUser(
  folder: string,
  words: readonly string[],
  flags: readonly string[] = ["-A"],
  module: string = CLI,
): Promise<ProcessEnd> {
  return await runDeno(module, words, await asUser(folder, flags));
}

/** How a process is started that belongs to such a user. */
export async function asUser(folder: string, flags: readonly string[] = ["-A"]): Promise<DenoOptions> {
  if (Deno.uid() !== 0) return { cwd: folder, flags };
  const wrapper = ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];
  const env = { DENO_DIR: await userCache(), HOME: folder };
  return { cwd: folder, flags, wrapper, env };
}

/** Where that user has the packages that root has in its cache: one folder for all tests, removed after the last. */
const userCache = once(async () => {
  const folder = await Deno.makeTempDir({ prefix: "resumable_tx_user_" });
  globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
  await Deno.chmod(folder, 0o755);
  await copyCache(`${folder}/cache`);
  await giveAway(`${folder}/cache`);
  return `${folder}/cache`;
});

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => made ??= make();
}

/** Makes a file, or a folder with all in it, that user's. */
export async function giveAway(path: string): Promise<void> {
  if (Deno.uid() !== 0) return;
  const { success } = await new Deno.Command("chown", { args: ["-R", `${NOBODY}`, path] }).output();
  assertEquals(success, true);
}

async function whyNoUser(): Promise<string | undefined> {
  if (Deno.build.os === "windows") return "needs POSIX users";
  if (ALL.some((name) => Deno.permissions.querySync({ name }).state !== "granted")) return undefined;
  if (Deno.uid() !== 0) return undefined;
  const script = `${Deno.execPath()} --version && test -r ${
    JSON.stringify(new URL("../../cli.ts", import.meta.url).pathname)
  }`;
  try {
    const args = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups", "sh", "-c", script];
    const { success } = await new Deno.Command("setpriv", { args, env: { HOME: "/" } }).output();
    return success ? undefined : "another user may not read this folder";
  } catch {
    return "needs setpriv";
  }
}

const reason = await whyNoUser();

/** A test that needs a user who is not root. */
export function userTest(name: string, body: () => Promise<void>): void {
  if (reason === undefined) permittedTest(name, ALL, body);
  else Deno.test.ignore(`${name} [ignored: ${reason}]`, body);
}
