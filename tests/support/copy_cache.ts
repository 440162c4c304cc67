import { assertEquals } from "@std/assert";

/** Copies the npm packages that this Deno has, so that a process with a cache of its own needs no network for them. */
export async function copyCache(folder: string): Promise<void> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  const { npmCache }: { npmCache: string } = JSON.parse(new TextDecoder().decode(stdout));
  await Deno.mkdir(folder);
  const { success } = await new Deno.Command("cp", { args: ["-r", npmCache, `${folder}/npm`] }).output();
  assertEquals(success, true, `Cannot copy ${npmCache}`);
}
