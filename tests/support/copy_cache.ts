import { assertEquals } from "@std/assert";

/** Copies the npm packages that this Deno has, so that a process with a cache of its own needs no network for them. */
export async function copyCache(folder: string): Promise<void> {
  const { npmCache } = await findCaches();
  await Deno.mkdir(folder);
  const { success } = await new Deno.Command("cp", { args: ["-r", npmCache, `${folder}/npm`] }).output();
  assertEquals(success, true, `Cannot copy ${npmCache}`);
}

/**
 * Makes a cache for processes of this user that has no remote module, but shares the npm packages of this Deno, and what it
 * has transpiled.
 */
export async function linkCache(folder: string): Promise<void> {
  // There a link needs a privilege.
  if (Deno.build.os === "windows") return await copyCache(folder);
  const { npmCache, typescriptCache } = await findCaches();
  await Deno.mkdir(folder);
  await Deno.symlink(npmCache, `${folder}/npm`);
  await Deno.symlink(typescriptCache, `${folder}/gen`);
}

async function findCaches(): Promise<{ readonly npmCache: string; readonly typescriptCache: string }> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return JSON.parse(new TextDecoder().decode(stdout));
}
