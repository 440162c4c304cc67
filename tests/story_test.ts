import { assert, assertEquals } from "@std/assert";
import { walk } from "@std/fs/walk";
import { dirname } from "@std/path/dirname";
import { fromFileUrl } from "@std/path/from-file-url";
import { join } from "@std/path/join";
import { relative } from "@std/path/relative";
import { toFileUrl } from "@std/path/to-file-url";
import { maskOutput } from "./support/mask_output.ts";
import { permittedTest } from "./support/permitted_test.ts";

const ROOT = fromFileUrl(new URL("../", import.meta.url));
/** What somebody who runs the story needs of the project. */
const PARTS = /^(?:deno\.json|mod\.ts|cli\.ts|(?:lib|examples|tools|tests[\\/]std)[\\/].*)$/;
/** Where the README's story took place. */
const README_FOLDER = "/srv/tx";

/** Copies the project: the story leaves a journal and a file in its folder while it goes on. */
async function copyProject(target: string): Promise<void> {
  for await (const entry of walk(ROOT, { includeDirs: false, skip: [/[\\/](?:\.git|node_modules)$/] })) {
    const path = relative(ROOT, entry.path);
    if (!PARTS.test(path)) continue;
    await Deno.mkdir(join(target, dirname(path)), { recursive: true });
    await Deno.copyFile(entry.path, join(target, path));
  }
}

permittedTest("README.md tells the story as deno task story does", ["read", "write", "run", "env"], async () => {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "resumable_tx_" }));
  try {
    await copyProject(folder);
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["task", "--quiet", "story"],
      cwd: folder,
      env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
      stdin: "null",
    }).output();
    assert(success, new TextDecoder().decode(stderr));
    const told = maskOutput(new TextDecoder().decode(stdout), { folder, project: `${toFileUrl(folder)}/` });
    const readme = await Deno.readTextFile(join(ROOT, "README.md"));
    const [, shown = ""] = /^```console\n(.*?)^```$/ms.exec(readme) ?? [];
    const expected = maskOutput(shown, { folder: README_FOLDER, project: `file://${README_FOLDER}/` });
    assertEquals(told.trimEnd(), expected.trimEnd());
    const left: string[] = [];
    for await (const { name, isFile } of Deno.readDir(folder)) if (isFile) left.push(name);
    assertEquals(left.sort(), ["cli.ts", "deno.json", "mod.ts"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
