import { assert, assertEquals } from "@std/assert";
import { workCommand } from "../lib/cli/commands/work_command.ts";
import { permittedTest } from "./support/permitted_test.ts";
import { makeTempFolder } from "./support/temp_folder.ts";

const UNITS = new URL("../docs/units/", import.meta.url);

/** Where it is missing, the test says so in its name. */
const MISSING = isInstalled("systemd-analyze") ? undefined : "systemd-analyze is not installed";

function isInstalled(program: string): boolean {
  if (Deno.permissions.querySync({ name: "read" }).state !== "granted") return false;
  return ["/usr/bin", "/bin"].some((folder) => {
    try {
      return Deno.statSync(`${folder}/${program}`).isFile;
    } catch {
      return false;
    }
  });
}

/** The units, with the path of a Deno and of a notifier that are there. */
async function copyUnits(folder: string): Promise<readonly string[]> {
  const paths: string[] = [];
  for await (const { name } of Deno.readDir(UNITS)) {
    const text = await Deno.readTextFile(new URL(name, UNITS));
    const path = `${folder}/${name}`;
    await Deno.writeTextFile(path, text.replaceAll("/usr/local/bin/deno", Deno.execPath()));
    paths.push(path);
  }
  return paths;
}

async function verify(paths: readonly string[]): Promise<readonly [code: number, printed: string]> {
  const { code, stdout, stderr } = await new Deno.Command("systemd-analyze", { args: ["verify", "--man=no", ...paths] })
    .output();
  return [code, new TextDecoder().decode(new Uint8Array([...stdout, ...stderr]))];
}

if (MISSING !== undefined) {
  Deno.test({ name: `systemd accepts the units of docs/units [ignored: ${MISSING}]`, ignore: true, fn: () => {} });
} else {
  permittedTest("systemd accepts the units of docs/units", ["read", "write", "run"], async () => {
    await using folder = await makeTempFolder();
    const paths = await copyUnits(folder.path);
    assert(paths.length >= 3, "no units were found");
    // What is said about units of this machine is not about ours.
    const own = (printed: string) => printed.split("\n").filter((line) => line.includes("resumable-tx"));
    const [, printed] = await verify(paths);
    assertEquals(own(printed), []);
    const [first = ""] = paths.filter((path) => path.endsWith("work.service"));
    await Deno.writeTextFile(first, (await Deno.readTextFile(first)).replace("KillMode=mixed", "KillMod=mixed"));
    const [, refused] = await verify(paths);
    assert(own(refused).length > 0, "a word that systemd does not know was accepted");
  });
}

permittedTest("the units of docs/units call work with options that it has", ["read"], async () => {
  const options = new Set(workCommand.options.map(({ name }) => `--${name}`));
  let count = 0;
  for await (const { name } of Deno.readDir(UNITS)) {
    const text = await Deno.readTextFile(new URL(name, UNITS));
    for (const [, words = ""] of text.matchAll(/^ExecStart=.* jsr:@x\/resumable-tx\/cli work (.*)$/gm)) {
      count += 1;
      const used = words.split(" ").filter((word) => word.startsWith("--"));
      assertEquals(used.filter((word) => !options.has(word)), [], name);
    }
  }
  assert(count >= 2, "no commands were found");
});
